namespace TaskDsl.Torch.Native;

/// <summary>What an argument of an <see cref="OperatorCall"/> is to libtorch.</summary>
internal enum ArgumentKind
{
    /// <summary>A tensor.</summary>
    Tensor,

    /// <summary>A tensor or nothing.</summary>
    OptionalTensor,

    /// <summary>A float64.</summary>
    Number,

    /// <summary>A float64 or nothing.</summary>
    OptionalNumber,

    /// <summary>An int64.</summary>
    Integer,

    /// <summary>An int64 or nothing.</summary>
    OptionalInteger,

    /// <summary>A bool.</summary>
    Bool,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A list of int64.</summary>
    Integers,

    /// <summary>A list of tensors.</summary>
    Tensors,
}
