"""Photos: preprocessing, encoders, pretrained weights and feature stores."""
