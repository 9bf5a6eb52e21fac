namespace TaskDsl.Torch.Models;

/// <summary>What an encoder's states are used for.</summary>
public enum HeadKind
{
    /// <summary>The states themselves; a pooled first token where the model has one.</summary>
    None,

    /// <summary>The scores of all tokens in each place (masked language modelling).</summary>
    MaskedLm,

    /// <summary>The scores of a text's labels.</summary>
    SequenceClassification,

    /// <summary>The scores of each token's labels.</summary>
    TokenClassification,

    /// <summary>Whether each token was replaced (ELECTRA).</summary>
    ReplacedTokenDetection,
}
