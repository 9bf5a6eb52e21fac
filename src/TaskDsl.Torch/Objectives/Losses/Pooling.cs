namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>How a text's hidden states become one vector.</summary>
public enum Pooling
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The first token's.</summary>
    First,

    /// <summary>The last token's: in a decoder the only one that has seen the whole text.</summary>
    Last,
}
