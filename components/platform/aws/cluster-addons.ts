/** Parts of the cluster that EKS installs. */
export const ADDONS = ["vpc-cni", "kube-proxy", "coredns", "aws-ebs-csi-driver", "eks-pod-identity-agent"] as const;

/** The name of an add-on. */
export type AddonName = (typeof ADDONS)[number];
