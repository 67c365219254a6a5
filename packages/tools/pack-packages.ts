export default function packPackages(): void {}
