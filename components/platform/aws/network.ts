import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { planSubnets, type Tier } from "./subnet-plan";

/** Arguments of a network. */
export interface NetworkArgs {
  /** IPv4 network, /16 to /20. */
  readonly cidr: string;
  readonly region: string;
  readonly zones: readonly string[];
  /** Gives system subnets a way out, through one NAT gateway a zone. Workers never have one. */
  readonly nat: boolean;
}

/** A network, once it is declared. */
export interface Network {
  readonly vpc: aws.ec2.Vpc;
  readonly subnets: Readonly<Record<Tier, readonly aws.ec2.Subnet[]>>;
  /** Where the interface endpoints answer: what pods may open to reach S3. */
  readonly endpointCidrs: readonly string[];
}

/** AWS services that nodes and pods call, each by an address inside the network. */
export const INTERFACE_ENDPOINTS = [
  "autoscaling",
  "ec2",
  "ecr.api",
  "ecr.dkr",
  "eks",
  "eks-auth",
  "elasticloadbalancing",
  "logs",
  "s3",
  "sts",
] as const;

/** Declares a network whose worker subnets have no route but to itself and, by a gateway, to S3. */
export function declareNetwork(name: string, args: NetworkArgs, options: pulumi.CustomResourceOptions): Network {
  const tags = (part: string) => ({ Name: `${name}-${part}` });
  const vpc = new aws.ec2.Vpc(
    name,
    { cidrBlock: args.cidr, enableDnsHostnames: true, enableDnsSupport: true, tags: tags("network") },
    options,
  );
  // Whoever forgets to name a security group gets one that lets nothing through.
  new aws.ec2.DefaultSecurityGroup(name, { vpcId: vpc.id, ingress: [], egress: [] }, options);

  const plans = planSubnets(args.cidr, args.zones, args.nat);
  const declared = plans.map(({ tier, zone, cidr }) => {
    const part = `${tier}-${zone}`;
    const subnet = new aws.ec2.Subnet(
      `${name}-${part}`,
      { vpcId: vpc.id, availabilityZone: zone, cidrBlock: cidr, mapPublicIpOnLaunch: false, tags: tags(part) },
      options,
    );
    const table = new aws.ec2.RouteTable(`${name}-${part}`, { vpcId: vpc.id, tags: tags(part) }, options);
    new aws.ec2.RouteTableAssociation(`${name}-${part}`, { subnetId: subnet.id, routeTableId: table.id }, options);
    return { tier, zone, cidr, subnet, table };
  });
  const of = (tier: Tier) => declared.filter((each) => each.tier === tier);
  if (args.nat) declareNat(name, vpc, of("public"), of("system"), options);

  const closed = [...of("worker"), ...of("system")];
  new aws.ec2.VpcEndpoint(
    `${name}-s3-gateway`,
    {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${args.region}.s3`,
      vpcEndpointType: "Gateway",
      routeTableIds: closed.map(({ table }) => table.id),
    },
    options,
  );
  const group = new aws.ec2.SecurityGroup(
    `${name}-endpoints`,
    {
      vpcId: vpc.id,
      description: "HTTPS from the network to the endpoints of AWS services",
      ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: [args.cidr] }],
      egress: [],
    },
    options,
  );
  for (const service of INTERFACE_ENDPOINTS) {
    new aws.ec2.VpcEndpoint(
      `${name}-${service}`,
      {
        vpcId: vpc.id,
        serviceName: `com.amazonaws.${args.region}.${service}`,
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
        ...(service === "s3" && { dnsOptions: { privateDnsOnlyForInboundResolverEndpoint: false } }),
        subnetIds: of("system").map(({ subnet }) => subnet.id),
        securityGroupIds: [group.id],
      },
      options,
    );
  }
  const subnets = (tier: Tier) => of(tier).map(({ subnet }) => subnet);
  return {
    vpc,
    subnets: { worker: subnets("worker"), system: subnets("system"), public: subnets("public") },
    endpointCidrs: of("system").map(({ cidr }) => cidr),
  };
}

interface Declared {
  readonly zone: string;
  readonly subnet: aws.ec2.Subnet;
  readonly table: aws.ec2.RouteTable;
}

/** Lets system subnets out: each through the gateway of its own zone. */
function declareNat(
  name: string,
  vpc: aws.ec2.Vpc,
  open: readonly Declared[],
  system: readonly Declared[],
  options: pulumi.CustomResourceOptions,
): void {
  const internet = new aws.ec2.InternetGateway(name, { vpcId: vpc.id }, options);
  const everywhere = "0.0.0.0/0";
  for (const { zone, subnet, table } of open) {
    const way = { routeTableId: table.id, destinationCidrBlock: everywhere, gatewayId: internet.id };
    new aws.ec2.Route(`${name}-public-${zone}`, way, options);
    const address = new aws.ec2.Eip(`${name}-nat-${zone}`, { domain: "vpc" }, options);
    const nat = new aws.ec2.NatGateway(
      `${name}-${zone}`,
      { subnetId: subnet.id, allocationId: address.id },
      { ...options, dependsOn: [internet] },
    );
    const its = system.find((each) => each.zone === zone);
    if (its !== undefined) {
      const out = { routeTableId: its.table.id, destinationCidrBlock: everywhere, natGatewayId: nat.id };
      new aws.ec2.Route(`${name}-system-${zone}`, out, options);
    }
  }
}
