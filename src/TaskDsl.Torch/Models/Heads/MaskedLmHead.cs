namespace TaskDsl.Torch.Models.Heads;

/// <summary>
/// The scores of all tokens at each place of a text that is seen as a whole (BERT, arXiv 1810.04805). Families name its maps.
/// </summary>
public sealed record MaskedLmHead : Head
{
    /// <inheritdoc/>
    public override string ClassSuffix => "ForMaskedLM";

    /// <inheritdoc/>
    public override string Summary => "with a masked-LM head";

    /// <inheritdoc/>
    public override int Outputs(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.VocabularySize;
    }
}
