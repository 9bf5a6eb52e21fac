namespace TaskDsl.Torch.Models.Layers;

/// <summary>Which part of a layer.</summary>
public enum SublayerKind
{
    /// <summary>Attention among the tokens themselves.</summary>
    Attention,

    /// <summary>A decoder's attention to the encoder's tokens.</summary>
    CrossAttention,

    /// <summary>The feed-forward network.</summary>
    FeedForward,
}
