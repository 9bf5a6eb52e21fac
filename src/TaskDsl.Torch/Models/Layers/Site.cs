namespace TaskDsl.Torch.Models.Layers;

/// <summary>A named place of a model that a tuning method can act on: in each of its layers, before or behind them.</summary>
public enum Site
{
    /// <summary>The attention's query projection.</summary>
    Query,

    /// <summary>The attention's key projection.</summary>
    Key,

    /// <summary>The attention's value projection.</summary>
    Value,

    /// <summary>The attention's output projection.</summary>
    Output,

    /// <summary>The feed-forward's gate projection.</summary>
    Gate,

    /// <summary>The feed-forward's up projection.</summary>
    Up,

    /// <summary>The feed-forward's down projection.</summary>
    Down,

    /// <summary>The token embedding.</summary>
    Embedding,

    /// <summary>The projection to the vocabulary.</summary>
    Head,
}
