"""Which encoder a file's weights belong to, told by a few names and shapes that no other has."""

# In this order: a deeper ResNet has all blocks of a shallower one. Tensor names are torchvision's.
_SIGNS = {
    "alexnet": {"features.0.weight": (64, 3, 11, 11), "features.10.weight": (256, 256, 3, 3)},
    "vgg19": {"features.0.weight": (64, 3, 3, 3), "features.34.weight": (512, 512, 3, 3)},
    "vgg16": {"features.0.weight": (64, 3, 3, 3), "features.26.weight": (512, 512, 3, 3)},
    "googlenet": {"inception5b.branch4.1.conv.weight": (128, 832, 1, 1)},
    "inception_v3": {"Mixed_7c.branch_pool.conv.weight": (192, 2048, 1, 1)},
    "resnet152": {"layer3.35.conv3.weight": (1024, 256, 1, 1)},
    "resnet101": {"layer3.22.conv3.weight": (1024, 256, 1, 1)},
    "resnet50": {"layer3.5.conv3.weight": (1024, 256, 1, 1)},
    "resnet34": {"layer1.0.conv1.weight": (64, 64, 3, 3), "layer3.5.conv2.weight": (256, 256, 3, 3)},
    "resnet18": {"layer1.0.conv1.weight": (64, 64, 3, 3), "layer4.1.conv2.weight": (512, 512, 3, 3)},
    "squeezenet1_1": {"features.0.weight": (64, 3, 3, 3), "features.12.expand3x3.weight": (256, 64, 3, 3)},
    "toy_cnn_v2": {"conv1.weight": (16, 3, 4, 4), "conv4.weight": (64, 64, 3, 3)},
    "toy_cnn": {"conv1.weight": (16, 3, 3, 3), "conv4.weight": (64, 64, 3, 3)},
    "mobilenet_v2": {"features.18.0.weight": (1280, 320, 1, 1), "features.17.conv.2.weight": (320, 960, 1, 1)},
}
_CLASSIFIERS = {"alexnet": "classifier.6", "vgg16": "classifier.6", "vgg19": "classifier.6",
                "squeezenet1_1": "classifier.1", "mobilenet_v2": "classifier.1"}   # fc in the others


def recognise(tensors):
    """The name of the encoder that {name: anything with a shape} fits, or None."""
    for encoder, signs in _SIGNS.items():
        if all(name in tensors and tuple(tensors[name].shape) == shape for name, shape in signs.items()):
            return encoder
    return None


def classes(encoder, tensors):
    """How many classes the classifier among these weights tells apart; None when there is no classifier."""
    name = f"{_CLASSIFIERS.get(encoder, 'fc')}.weight"
    return tensors[name].shape[0] if name in tensors else None
