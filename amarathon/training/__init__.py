"""What is learned: LoRA adapters, head profiles, the small model."""
