"""The system: processes, descriptors and stacks, as the kernel has them."""
