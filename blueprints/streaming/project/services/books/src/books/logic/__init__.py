"""What the service decides, free of AWS, so that its tests need none."""
