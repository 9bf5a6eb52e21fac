using TaskDsl.Torch.Models.Layers;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>A model that reads from left to right and writes what comes next.</summary>
public sealed class Decoder : LanguageModel
{
    private readonly Stack stack;

    internal Decoder(ModelConfig config, Device device, Func<string, long[], Tensor?> weights)
        : base(config, device, weights)
    {
        try
        {
            stack = MakeStack(config.Architecture.Decoder!);
            MakeHead();
            stack.Causal = !config.IsBidirectional;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether tokens see those behind them too, as for embeddings of texts (LLM2Vec, arXiv 2404.05961). Such a model writes nothing.
    /// </summary>
    public bool IsBidirectional
    {
        get => !stack.Causal;
        set => SetBidirectional(value);
    }

    /// <inheritdoc cref="LanguageModel.Load(string, Device)"/>
    public static new Decoder Load(string folder, Device? device = null) =>
        Load(folder, ModelConfig.Load(folder), device) switch
        {
            Decoder decoder => decoder,
            var other => throw other.Refuse(folder, "a decoder"),
        };

    /// <inheritdoc cref="LanguageModel.Create"/>
    public static new Decoder Create(ModelConfig config, int seed, Device? device = null) =>
        (Decoder)LanguageModel.Create(config, seed, device);

    /// <summary>The hidden states behind the last layer and its normalisation.</summary>
    /// <param name="ids">int64 <c>[batch, sequence]</c>.</param>
    /// <param name="at">int64 <c>[batch, sequence]</c>: each token's position. Default: counting real tokens, on from the cache.</param>
    /// <param name="pattern">Which tokens belong together. Default: all of a row.</param>
    /// <param name="cache">The tokens before these; it receives these too.</param>
    /// <param name="bidirectional">Whether tokens see those behind them too. Default: as <see cref="IsBidirectional"/> says.</param>
    /// <param name="reach">The largest of the positions and one, where the caller knows it. Default: the device is asked.</param>
    /// <param name="layers">Runs so many layers only; 0 gives the embeddings. Default: all, with what is behind them.</param>
    /// <returns><c>[batch, sequence, hidden]</c>; virtual tokens are not among them.</returns>
    public Tensor Hidden(
        Tensor ids,
        Tensor? at = null,
        AttentionPattern? pattern = null,
        KvCache? cache = null,
        bool? bidirectional = null,
        long? reach = null,
        int? layers = null
    )
    {
        var all = stack.Forward(
            new StackInput(ids)
            {
                Positions = at,
                Reach = reach,
                Pattern = pattern,
                Cache = cache,
                Causal = !(bidirectional ?? IsBidirectional),
                Dropout = Dropout,
                Checkpointed = ActivationCheckpointing,
                Layers = layers,
            }
        );
        var length = ids.size(1);
        return all.size(1) == length ? all : all.narrow(1, all.size(1) - length, length); // [batch, sequence, hidden]
    }

    /// <summary>
    /// The last token that is not <c>pad_token_id</c>, as transformers' sequence classifiers of decoders have it; without such an id the
    /// last.
    /// </summary>
    /// <inheritdoc/>
    public override int PlaceOf(ReadOnlySpan<int> ids) =>
        Config.Padding is { } padding ? Math.Max(0, ids.LastIndexOfAnyExcept(padding)) : ids.Length - 1;
}
