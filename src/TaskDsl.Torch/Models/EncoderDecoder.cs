using TaskDsl.Torch.Models.Layers;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>A model that reads one text as a whole and writes another.</summary>
public sealed class EncoderDecoder : LanguageModel
{
    private readonly Stack encoder,
        decoder;

    internal EncoderDecoder(ModelConfig config, Device device, Func<string, long[], Tensor?> weights)
        : base(config, device, weights)
    {
        try
        {
            var architecture = config.Architecture;
            encoder = MakeStack(architecture.Encoder!);
            decoder = MakeStack(architecture.Decoder!);
            MakeHead();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The token that every written text begins with, before its first own token.</summary>
    public int Start => Config.Architecture.DecoderStart ?? Config.BeginOfText ?? Config.Padding ?? 0;

    /// <inheritdoc cref="LanguageModel.Load(string, Device)"/>
    public static new EncoderDecoder Load(string folder, Device? device = null) =>
        Load(folder, ModelConfig.Load(folder), device) switch
        {
            EncoderDecoder model => model,
            var other => throw other.Refuse(folder, "an encoder–decoder"),
        };

    /// <summary>Reads a text.</summary>
    /// <param name="ids">int64 <c>[batch, sequence]</c>.</param>
    /// <param name="pattern">Which tokens are no padding. Default: all.</param>
    /// <param name="layers">Runs so many layers only; 0 gives the embeddings. Default: all.</param>
    public EncodedText Encode(Tensor ids, AttentionPattern? pattern = null, int? layers = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var states = encoder.Forward(
            new StackInput(ids)
            {
                Pattern = pattern,
                Dropout = Dropout,
                Checkpointed = ActivationCheckpointing,
                Layers = layers,
            }
        );
        var real = pattern?.Real(ids.size(1), ids.device); // [batch, sequence]
        var virtualTokens = states.size(1) - ids.size(1);
        // [batch, virtual + sequence]
        if (real is not null && virtualTokens > 0)
            real = cat([ones(real.size(0), virtualTokens, dtype: ScalarType.Bool, device: real.device), real], 1);
        return new EncodedText(states, real);
    }

    /// <summary>The hidden states of a written text.</summary>
    /// <param name="text">What was read.</param>
    /// <param name="ids">int64 <c>[batch, sequence]</c>: <see cref="Start"/>, then the text's tokens.</param>
    /// <param name="pattern">Which of these belong together. Default: all of a row.</param>
    /// <param name="cache">The tokens before these; it receives these too.</param>
    /// <returns><c>[batch, sequence, hidden]</c>.</returns>
    public Tensor Hidden(EncodedText text, Tensor ids, AttentionPattern? pattern = null, KvCache? cache = null) =>
        decoder.Forward(
            new StackInput(ids)
            {
                Pattern = pattern,
                Cache = cache,
                Dropout = Dropout,
                Checkpointed = ActivationCheckpointing,
                States = text.States,
                StatesReal = text.Real,
            }
        );

    /// <summary>
    /// The last token that ends a text, as transformers' sequence classifiers of encoder–decoders have it; without one the last.
    /// </summary>
    /// <inheritdoc/>
    public override int PlaceOf(ReadOnlySpan<int> ids)
    {
        for (var i = ids.Length - 1; i >= 0; i--)
            if (Config.EndOfText.Contains(ids[i]))
                return i;
        return Config.Padding is { } padding ? Math.Max(0, ids.LastIndexOfAnyExcept(padding)) : ids.Length - 1;
    }
}
