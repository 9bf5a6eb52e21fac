using System.Diagnostics.CodeAnalysis;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Safetensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>
/// A decoder of the Llama family (RMSNorm before each part, rotary positions, grouped-query attention, SwiGLU). Its weights are
/// plain float32 parameters under Hugging Face's names; its numbers are held to the reference implementation by golden files.
/// Not thread-safe.
/// </summary>
public sealed class Decoder : IDisposable
{
    private readonly Dictionary<string, Parameter> parameters;
    private readonly DecoderLayer[] layers;
    private readonly RotaryPositions positions;
    private readonly Parameter embedding, norm;

    private Decoder(DecoderConfig config, Device device, Func<string, long[], Tensor> weights)
    {
        Config = config;
        Device = device;
        parameters = new Dictionary<string, Parameter>(StringComparer.Ordinal);
        try
        {
            embedding = Make("model.embed_tokens.weight", config.VocabularySize, config.HiddenSize);
            layers = [.. Enumerable.Range(0, config.Layers).Select(i => new DecoderLayer(config, i, Make))];
            norm = Make("model.norm.weight", config.HiddenSize);
            HeadWeight = config.Tied ? embedding : Make("lm_head.weight", config.VocabularySize, config.HiddenSize);
        }
        catch
        {
            foreach (var made in parameters.Values) made.Dispose();
            throw;
        }

        positions = new RotaryPositions(config, device);
        Sites = [.. layers.SelectMany(l => l.Sites)];

        Parameter Make(string name, params long[] shape)
        {
            using var scope = NewDisposeScope();
            var parameter = new Parameter(weights(name, shape).to(ScalarType.Float32).to(device));
            parameter.DetachFromDisposeScope();
            parameters.Add(name, parameter);
            return parameter;
        }
    }

    /// <summary>The model's shape.</summary>
    public DecoderConfig Config { get; }

    /// <summary>Where the weights are.</summary>
    public Device Device { get; }

    /// <summary>All weights under Hugging Face's names, in the order of the forward pass; a tied head is not repeated.</summary>
    public IReadOnlyDictionary<string, Parameter> Parameters => parameters;

    /// <summary>The linear maps of all layers: where tuning methods act.</summary>
    public IReadOnlyList<LinearLayer> Sites { get; }

    /// <summary>The share of the embedding's and of each part's results that is left out at random: 0, but while a step trains.</summary>
    public double Dropout { get; set; }

    /// <summary>The projection to the vocabulary, <c>[vocabulary, hidden]</c>: the embedding itself where the head is tied.</summary>
    public Tensor HeadWeight { get; }

    /// <summary>Reads a model's folder. Weights of any floating type are kept as float32.</summary>
    /// <exception cref="ModelException">The configuration is missing or not supported, or there is a weight that it does not explain.</exception>
    /// <exception cref="SafetensorsException">The weights do not fit the configuration, or their file is broken.</exception>
    public static Decoder Load(string folder, Device? device = null)
    {
        TorchRuntime.Initialize();
        var config = DecoderConfig.Load(folder);
        using var weights = SafetensorsFolder.Open(folder);
        var unexplained = weights.Names.Where(n => !n.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal) && !(config.Tied && n == "lm_head.weight")).ToHashSet(StringComparer.Ordinal);
        var decoder = new Decoder(config, device ?? CPU, (name, shape) =>
        {
            unexplained.Remove(name);
            return weights.Read(name, shape);
        });
        if (unexplained.Order(StringComparer.Ordinal).FirstOrDefault() is not { } extra) return decoder;
        decoder.Dispose();
        throw new ModelException($"{weights.Source} has a tensor '{extra}' that config.json does not explain ({unexplained.Count} such tensor(s)).");
    }

    /// <summary>Makes a new model: normal weights, with the maps back into the residual stream scaled down by √(2 · layers) (GPT-2), norms at 1.</summary>
    public static Decoder Create(DecoderConfig config, int seed, Device? device = null)
    {
        TorchRuntime.Initialize();
        config.Check();
        using var generator = new Generator((ulong)seed);
        return new Decoder(config, device ?? CPU, (name, shape) =>
        {
            if (name.EndsWith(".bias", StringComparison.Ordinal)) return zeros(shape);
            if (shape.Length == 1) return ones(shape);
            var residual = name.Contains(".o_proj.", StringComparison.Ordinal) || name.Contains(".down_proj.", StringComparison.Ordinal);
            return randn(shape, generator: generator).mul_(config.InitializerRange / (residual ? Math.Sqrt(2 * config.Layers) : 1));
        });
    }

    /// <summary>Writes the model's folder: <c>config.json</c>, <c>generation_config.json</c>, and <c>model.safetensors</c> in the numbers that the configuration names.</summary>
    public void Save(string folder)
    {
        Config.Save(folder);
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(Path.Combine(folder, "model.safetensors"), parameters.Select(p => KeyValuePair.Create(p.Key, p.Value.to(Config.StoredAs.Scalar()))).ToArray());
    }

    /// <summary>The hidden states behind the last layer and its normalisation.</summary>
    /// <param name="ids">int64 <c>[batch, seq]</c>.</param>
    /// <param name="at">int64 <c>[batch, seq]</c>: each token's position. Default: counting on from the cache.</param>
    /// <param name="pattern">What may be looked at. Default: causal.</param>
    /// <param name="cache">The tokens before these; it receives these too.</param>
    /// <returns><c>[batch, seq, hidden]</c>.</returns>
    public Tensor Hidden(Tensor ids, Tensor? at = null, AttentionPattern? pattern = null, KvCache? cache = null)
    {
        if (ids.dim() != 2) throw new ArgumentException($"The decoder needs ids [batch, seq], not {ids.dim()} dimensions.", nameof(ids));
        using var scope = NewDisposeScope();
        var past = cache?.Length ?? 0;
        var length = ids.size(1);
        var angles = positions.At(at, past, length);
        var (mask, causal) = (pattern ?? AttentionPattern.Causal).Build(length, past, Device);
        var x = Ops.Embedding(embedding, ids);
        if (Dropout > 0) x = nn.functional.dropout(x, Dropout, training: true);
        foreach (var layer in layers)
        {
            using var inner = NewDisposeScope();
            x = layer.Forward(x, angles, mask, causal, cache, Dropout).MoveToOuterDisposeScope();
        }

        cache?.Advance(length);
        return Ops.RmsNorm(x, norm, Config.NormEpsilon).MoveToOuterDisposeScope();
    }

    /// <summary>The scores of all tokens, <c>[…, vocabulary]</c>, of hidden states <c>[…, hidden]</c>.</summary>
    public Tensor Logits(Tensor hidden) => nn.functional.linear(hidden, HeadWeight);

    /// <inheritdoc/>
    [SuppressMessage("Usage", "CA2213", Justification = "The head and the embedding are among the parameters.")]
    public void Dispose()
    {
        foreach (var parameter in parameters.Values) parameter.Dispose();
        positions.Dispose();
    }
}
