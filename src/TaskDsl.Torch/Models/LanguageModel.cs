using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Safetensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>
/// A model in Hugging Face layout: a <see cref="Decoder"/>, an <see cref="Encoder"/> or an <see cref="EncoderDecoder"/>. Its weights are
/// plain float32 parameters under Hugging Face's names; its numbers are held to the reference implementation by golden files.
/// Not thread-safe.
/// </summary>
public abstract partial class LanguageModel : IDisposable
{
    private readonly Dictionary<string, Parameter> parameters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> buffers = new(StringComparer.Ordinal);
    private readonly List<Stack> stacks = [];
    private readonly Func<string, long[], Tensor?> weights;
    private HeadLayers? head;

    private protected LanguageModel(ModelConfig config, Device device, Func<string, long[], Tensor?> weights) =>
        (Config, Device, this.weights) = (config, device, weights);

    /// <summary>The model's shape.</summary>
    public ModelConfig Config { get; private set; }

    /// <summary>Where the weights are.</summary>
    public Device Device { get; }

    /// <summary>
    /// All weights under Hugging Face's names, tied ones once; those apart that are kept in few bits. A layer's may be in 16 bits while
    /// they are frozen.
    /// </summary>
    public IReadOnlyDictionary<string, Parameter> Parameters => parameters;

    /// <summary>The parts of all layers: where adapters can sit.</summary>
    public IReadOnlyList<Sublayer> Sublayers { get; private set; } = [];

    /// <summary>
    /// The linear maps where tuning methods act: those of all layers, the token embeddings, the projection to the vocabulary.
    /// </summary>
    public IReadOnlyList<LinearLayer> LinearLayers { get; private set; } = [];

    /// <summary>What the last hidden states become.</summary>
    public Head Head => Config.Head;

    /// <summary>
    /// Weights that belong to the task and not to the language: what is trained whole beside an adapter (PEFT's <c>modules_to_save</c>).
    /// What a head has in common with the bare model, as BERT's pooler, is named like that and is not among them.
    /// </summary>
    public IReadOnlyList<string> TaskWeights =>
        Head is TaskHead ? [.. Config.Architecture.Head.Shape!.Weights.Where(name => !Config.Architecture.IsOfBareModel(name))] : [];

    /// <summary>The map from <see cref="Features"/> to the scores of all tokens, where the head has one.</summary>
    /// <exception cref="InvalidOperationException">The head's scores are of something else.</exception>
    public VocabularyHead Vocabulary =>
        Head is LmHead or MaskedLmHead
            ? head!.Output
            : throw new InvalidOperationException($"This {Config.ModelType} has no head over the vocabulary.");

    /// <summary>The share of the embedding's and of each part's results that is left out at random: 0, but while a step trains.</summary>
    public double Dropout { get; set; }

    /// <summary>
    /// Whether each layer's activations are computed again for its gradients instead of being kept: less memory, a third more time.
    /// </summary>
    public bool ActivationCheckpointing { get; set; }

    /// <summary>
    /// Keys and values that every token sees in front of the others', <c>[virtual, 2 · layers, key-value heads, head]</c>: those of
    /// layer i at 2 i and 2 i + 1. They belong to the stack that writes, or to the only one; null = none.
    /// </summary>
    public Func<Tensor>? Prefix
    {
        get => stacks[^1].Prefix;
        set => stacks[^1].Prefix = value;
    }

    /// <summary>How many layers read a text: of an encoder–decoder its encoder's.</summary>
    public int ReadingLayers => stacks[0].Shape.Layers;

    /// <summary>The size of a <see cref="Prefix"/> behind its tokens.</summary>
    public (int Layers, int KeyValueHeads, int HeadSize) PrefixShape =>
        (stacks[^1].Shape.Layers, stacks[^1].Shape.KeyValueHeads, stacks[^1].Shape.HeadSize);

    /// <summary>
    /// Embeddings <c>[virtual, embedding]</c> of virtual tokens in front of every row that the model reads; null = none.
    /// </summary>
    public Func<Tensor>? SoftPrompt
    {
        get => stacks[0].SoftPrompt;
        set => stacks[0].SoftPrompt = value;
    }

    /// <summary>Whether texts that share rows are kept apart by where they end. Default: on a GPU; a test may try it elsewhere.</summary>
    internal bool BySegments
    {
        set
        {
            foreach (var stack in stacks)
                stack.BySegments = value;
        }
    }

    /// <summary>What stood in the place of weights that an adapter replaced, until it is taken off or folded in.</summary>
    internal HashSet<Tensor> Replaced { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>What its user should know of the files that its weights are from.</summary>
    public IReadOnlyList<string> Notices { get; private set; } = [];

    /// <summary>The table of token embeddings that a <see cref="SoftPrompt"/> stands before.</summary>
    public Parameter TokenEmbedding => stacks[0].Tokens.Weight;

    /// <summary>
    /// Whether a map's weight is that of the embedding and of the head, so that nothing can be folded into it for one of them.
    /// </summary>
    public bool IsTied(LinearLayer map) =>
        map.Quantised is null
        && Config.Architecture.Head.Shape is { Tied: true }
        && stacks.Any(stack => ReferenceEquals(stack.Tokens.Weight, map.Weight));

    /// <summary>The layer that a weight belongs to, counted from 0 in its stack; null = none.</summary>
    public int? LayerOf(string parameter)
    {
        foreach (var stack in stacks)
            for (var i = 0; i < stack.Shape.Layers; i++)
                if (parameter.StartsWith(stack.Shape.Layer(i), StringComparison.Ordinal))
                    return i;
        return null;
    }

    /// <summary>
    /// How many layers a weight lies below the top: 0 behind the last layer (the head), 1 in the last layer, and one more than all layers
    /// in the embeddings. A decoder's layers lie above its encoder's.
    /// </summary>
    /// <param name="parameter">The weight's name, or that of an adapter to it.</param>
    public int DepthBelowTop(string parameter)
    {
        var depth = 1;
        foreach (var stack in Enumerable.Reverse(stacks))
        {
            for (var i = 0; i < stack.Shape.Layers; i++)
                if (parameter.Contains(stack.Shape.Layer(i), StringComparison.Ordinal))
                    return depth + stack.Shape.Layers - 1 - i;
            depth += stack.Shape.Layers;
        }

        return IsEmbedding(parameter) ? depth : 0;
    }

    /// <summary>Whether a weight stands before the first layer: tables of tokens and positions, and what normalises their sum.</summary>
    public bool IsEmbedding(string parameter) => stacks.Any(stack => stack.Embeddings.Contains(parameter));

    /// <summary>
    /// The place of the token whose state stands for a whole text: the first where all is seen at once, otherwise the last that is no
    /// padding.
    /// </summary>
    /// <param name="ids">The text's tokens; padding may stand on either side.</param>
    public abstract int PlaceOf(ReadOnlySpan<int> ids);

    /// <summary>The head's states before its last map, <c>[…, features]</c>, of hidden states <c>[…, hidden]</c>.</summary>
    public Tensor Features(Tensor hidden) => head!.Features(hidden);

    /// <summary>
    /// The head's scores, <c>[…, vocabulary]</c> or <c>[…, labels]</c>, of hidden states <c>[…, hidden]</c>: of every token, or of the
    /// one at <see cref="PlaceOf"/> where the head answers for a text as a whole. Whether tokens were replaced is <c>[…]</c>.
    /// </summary>
    public Tensor Logits(Tensor hidden) => head!.Logits(hidden);

    /// <summary>Reads a model's folder. Weights of any floating type are kept as float32.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device">Where the weights must be. Default: the CPU.</param>
    /// <exception cref="ModelException"> The configuration is missing or not supported, or there is a weight that it does not explain.
    /// </exception>
    /// <exception cref="SafetensorsException">The weights do not fit the configuration, or their file is broken.</exception>
    public static LanguageModel Load(string folder, Device? device = null) => Load(folder, ModelConfig.Load(folder), device);

    /// <summary>Reads a model's folder and gives it another head. Weights of the head that the folder lacks are drawn.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="head">The head.</param>
    /// <param name="seed">The seed of new weights.</param>
    /// <param name="device">Where the weights must be. Default: the CPU.</param>
    /// <exception cref="ModelException">The family cannot have that head.</exception>
    public static LanguageModel Load(string folder, HeadRequest head, int seed, Device? device = null) =>
        Load(folder, ModelConfig.Load(folder).WithHead(head), device, newHead: true, seed);

    /// <summary>
    /// Makes a new model: normal weights, a decoder's maps back into the residual stream scaled down by √(2 · layers) (GPT-2), norms at 1.
    /// </summary>
    public static LanguageModel Create(ModelConfig config, int seed, Device? device = null)
    {
        TorchRuntime.Initialize();
        using var generator = new Generator((ulong)seed);
        return Open(config, device ?? CPU, (name, shape) => New(config, generator, name, shape));
    }

    /// <summary>
    /// The model on the meta device: names, shapes and sites without numbers, which take no memory however large they are. It computes
    /// nothing.
    /// </summary>
    public static LanguageModel OnMeta(ModelConfig config)
    {
        TorchRuntime.Initialize();
        var nowhere = device(TorchSharp.DeviceType.META);
        return Open(config, nowhere, (_, shape) => zeros(shape, device: nowhere));
    }

    /// <summary>
    /// Writes the model's folder: <c>config.json</c>, <c>generation_config.json</c>, and the weights in the numbers that the configuration
    /// names.
    /// </summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="shardBytes"> The most bytes of one weights file; more go into several files with an index. Default: 5 GB, as Hugging
    /// Face does.
    /// </param>
    /// <exception cref="InvalidOperationException">Weights are kept in few bits: see <see cref="Dequantise"/>.</exception>
    public void Save(string folder, long shardBytes = 5_000_000_000)
    {
        if (IsQuantised)
            throw new InvalidOperationException(
                "A model whose weights are kept in few bits is no model of its folder: dequantise it first."
            );
        Config.Save(folder);
        SafetensorsFolder.Write(
            folder,
            parameters.Select(p => KeyValuePair.Create(p.Key, (Tensor)p.Value)).Concat(buffers),
            Config.StoredAs.Scalar(),
            shardBytes
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in parameters.Values.Concat(buffers.Values))
            tensor.Dispose();
        foreach (var map in quantised.Values)
            map.Quantised!.Dispose();
        foreach (var stack in stacks)
            stack.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads a model whose configuration was changed: weights of a new task's head are drawn where the files lack them.</summary>
    internal static LanguageModel Load(string folder, ModelConfig config, Device? device = null, bool newHead = false, int seed = 1)
    {
        TorchRuntime.Initialize();
        using var files = SafetensorsFolder.Open(folder);
        config = StoredWeights.Fit(config, files);
        var stored = new StoredWeights(files, config);
        using var generator = new Generator((ulong)seed);
        var model = Open(config, device ?? CPU, (name, shape) => stored.TryRead(name, shape, out var tensor) ? tensor
            : newHead && config.Architecture.Head.Shape!.Weights.Contains(name) ? New(config, generator, name, shape)
            : null);
        model.Notices = files.Notice is { } notice ? [notice] : [];
        if (stored.Unexplained is not { Count: > 0 } extra || newHead)
            return model;
        model.Dispose();
        throw new ModelException(
            $"{files.Source} has a tensor '{extra[0]}' that config.json does not explain ({extra.Count} such tensor(s))."
        );
    }

    /// <summary>Switches a decoder between seeing only what came before and seeing everything.</summary>
    private protected void SetBidirectional(bool value)
    {
        Config = Config.With(
            KeyValuePair.Create(
                "use_bidirectional_attention",
                value ? System.Text.Json.Nodes.JsonValue.Create(true) : (System.Text.Json.Nodes.JsonNode?)null
            )
        );
        foreach (var stack in stacks)
            stack.Causal = !value && stack.Shape.Causal;
    }

    /// <summary>Makes one stack; the parts of its layers become sites.</summary>
    private protected Stack MakeStack(StackShape shape)
    {
        var stack = new Stack(shape, Device, Make, Quantise);
        if (stacks.Find(other => ReferenceEquals(other.Tokens.Weight, stack.Tokens.Weight)) is { } other)
            stack.Tokens = other.Tokens;
        stacks.Add(stack);
        Sublayers = [.. Sublayers, .. stack.Blocks.SelectMany(block => block.Parts)];
        LinearLayers = [.. Sublayers.SelectMany(part => part.LinearLayers), .. stacks.Select(s => s.Tokens).Distinct()];
        return stack;
    }

    /// <summary>Makes the head, on the last stack.</summary>
    private protected void MakeHead()
    {
        head = new HeadLayers(Config.Architecture.Head, Head.Outputs(Config), stacks[^1], Make, MakeBuffer);
        if (Head is LmHead or MaskedLmHead)
            LinearLayers = [.. LinearLayers, head.Map!];
    }

    /// <summary>A weight by its name; one that is asked for twice is the same.</summary>
    private protected Parameter Make(string name, params long[] shape)
    {
        if (parameters.TryGetValue(name, out var known))
            return known;
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        var parameter = new Parameter(
            (weights(name, shape) ?? throw new SafetensorsException(Config.Source, name, "is missing.")).to(Device).to(ScalarType.Float32)
        );
        parameter.DetachFromDisposeScope();
        parameters.Add(name, parameter);
        return parameter;
    }

    /// <summary>Numbers that are stored but not trained; zeros where the file has none.</summary>
    private protected Tensor MakeBuffer(string name, params long[] shape)
    {
        using var scope = NewDisposeScope();
        return buffers[name] = (weights(name, shape) ?? zeros(shape)).to(Device).to(ScalarType.Float32).DetachFromDisposeScope();
    }

    internal ModelException Refuse(string folder, string wanted)
    {
        Dispose();
        return new ModelException($"{folder}: a {Config.ModelType} is not {wanted}.");
    }

    /// <summary>Makes a model of what gives its weights; null = there is none.</summary>
    internal static LanguageModel Open(ModelConfig config, Device device, Func<string, long[], Tensor?> weights) =>
        config.Architecture switch
        {
            { Encoder: null } => new Decoder(config, device, weights),
            { Decoder: null } => new Encoder(config, device, weights),
            _ => new EncoderDecoder(config, device, weights),
        };

    private static Tensor New(ModelConfig config, Generator generator, string name, long[] shape)
    {
        if (name.EndsWith(".bias", StringComparison.Ordinal))
            return zeros(shape);
        if (shape.Length == 1)
            return ones(shape);
        var smaller = config.Architecture.IsDrawnSmaller(name) ? Math.Sqrt(2 * config.Layers) : 1;
        return randn(shape, generator: generator).mul_(config.InitializerRange / smaller);
    }
}
