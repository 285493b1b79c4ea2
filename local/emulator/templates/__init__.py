"""What CloudFormation accepts on AWS and the emulator does not."""
