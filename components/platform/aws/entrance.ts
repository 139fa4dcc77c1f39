import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Port of every system node that leads to the frontend's TLS server. */
export const ENTRANCE_NODE_PORT = 30_443;

/** What an entrance needs of the place that it leads into. */
export interface EntrancePlace {
  readonly vpcId: pulumi.Input<string>;
  /** IPv4 network of the place. */
  readonly cidr: string;
  /** Subnets in which it may be reached: of the system, or those that face the internet. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Security group that every node is in. */
  readonly nodesGroupId: pulumi.Input<string>;
  /** Names of the groups that the system's nodes scale in. */
  readonly scalingGroups: readonly pulumi.Input<string>[];
}

/** Arguments of an entrance. */
export interface EntranceArgs extends EntrancePlace {
  /** What clients connect to, `rbe.example.org`. */
  readonly host: string;
  /** Route 53 zone that has the host. */
  readonly zoneId: string;
  /** Networks that may connect; nobody else. */
  readonly clients: readonly string[];
  readonly isInternal: boolean;
}

/**
 * Declares the one way in from outside the cluster: a name, a balancer that lets named networks through, and the port of
 * the system's nodes behind it. It opens nothing of what passes: TLS ends at the frontend, which asks for a token.
 */
export function declareEntrance(name: string, args: EntranceArgs, options: pulumi.CustomResourceOptions): void {
  const [tls, node] = [443, ENTRANCE_NODE_PORT];
  const group = new aws.ec2.SecurityGroup(
    name,
    {
      vpcId: args.vpcId,
      description: "TLS from clients to the entrance, and on to the nodes behind it",
      ingress: [{ protocol: "tcp", fromPort: tls, toPort: tls, cidrBlocks: [...args.clients] }],
      egress: [{ protocol: "tcp", fromPort: node, toPort: node, cidrBlocks: [args.cidr] }],
    },
    options,
  );
  new aws.vpc.SecurityGroupIngressRule(
    name,
    {
      securityGroupId: args.nodesGroupId,
      referencedSecurityGroupId: group.id,
      ipProtocol: "tcp",
      fromPort: node,
      toPort: node,
      description: "The entrance alone",
    },
    options,
  );
  const balancer = new aws.lb.LoadBalancer(
    name,
    {
      loadBalancerType: "network",
      internal: args.isInternal,
      subnets: [...args.subnetIds],
      securityGroups: [group.id],
      enableCrossZoneLoadBalancing: true,
      enableDeletionProtection: false,
    },
    options,
  );
  const target = new aws.lb.TargetGroup(
    name,
    {
      vpcId: args.vpcId,
      targetType: "instance",
      protocol: "TCP",
      port: node,
      // The pods' policies know the place's own addresses.
      preserveClientIp: "false",
      healthCheck: { protocol: "TCP" },
    },
    options,
  );
  new aws.lb.Listener(
    name,
    {
      loadBalancerArn: balancer.arn,
      protocol: "TCP",
      port: tls,
      defaultActions: [{ type: "forward", targetGroupArn: target.arn }],
    },
    options,
  );
  for (const [index, autoscalingGroupName] of args.scalingGroups.entries())
    new aws.autoscaling.Attachment(`${name}-${index}`, { autoscalingGroupName, lbTargetGroupArn: target.arn }, options);
  new aws.route53.Record(
    name,
    {
      zoneId: args.zoneId,
      name: args.host,
      type: "A",
      aliases: [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true }],
    },
    options,
  );
}
