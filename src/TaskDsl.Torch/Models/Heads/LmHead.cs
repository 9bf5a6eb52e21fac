namespace TaskDsl.Torch.Models.Heads;

/// <summary>The scores of all tokens for the next place: a model with this head writes text. Families name its map.</summary>
public sealed record LmHead : Head
{
    /// <inheritdoc/>
    public override string ClassSuffix => "ForCausalLM";

    /// <inheritdoc/>
    public override string Summary => "that writes text";

    /// <inheritdoc/>
    public override int Outputs(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.VocabularySize;
    }

    /// <inheritdoc/>
    public override string TaskType(LanguageModel model) => model is EncoderDecoder ? "SEQ_2_SEQ_LM" : "CAUSAL_LM";
}
