using TaskDsl.Torch.Models.Positions;
using TaskDsl.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>Embeddings, layers and a last normalisation: what decoders, encoders and both halves of encoder–decoders are made of.</summary>
internal sealed class Stack : IDisposable
{
    private readonly StackShape shape;
    private readonly Device device;
    private readonly Parameter? tokenTypes;
    private readonly Norm? embeddingNorm,
        finalNorm;
    private readonly Parameter? project,
        projectBias,
        projectOut;
    private readonly PositionTable positions;
    private readonly HashSet<string> embeddings = new(StringComparer.Ordinal);

    public Stack(StackShape shape, Device device, ParameterSource make, Action<Block> made)
    {
        (this.shape, this.device) = (shape, device);
        var embedding = shape.Embedding;
        Tokens = new LinearLayer(
            Site.Embedding,
            embedding.Tokens,
            Embedding($"{embedding.Tokens}.weight", embedding.VocabularySize, embedding.Size)
        );
        positions = shape.Positions.Open(shape, device, Embedding);
        if (embedding.TokenTypes is { } types)
            tokenTypes = Embedding($"{types}.weight", embedding.TokenTypeCount, embedding.Size);
        if (embedding.Norm is { } norm)
            embeddingNorm = new Norm(
                NormKind.Layer,
                shape.NormEpsilon,
                norm,
                embedding.ProjectFirst ? shape.HiddenSize : embedding.Size,
                Embedding
            );
        if (embedding.Project is { } name)
        {
            project = Embedding($"{name}.weight", shape.HiddenSize, embedding.Size);
            if (embedding.ProjectBias)
                projectBias = Embedding($"{name}.bias", shape.HiddenSize);
        }

        var blocks = new Block[shape.Layers];
        for (var i = 0; i < blocks.Length; i++)
            made(blocks[i] = new Block(shape, i, make));
        Blocks = blocks;
        if (shape.FinalNorm is not null)
            finalNorm = new Norm(shape.Norm, shape.NormEpsilon, shape.FinalNorm, shape.HiddenSize, make);
        if (shape.ProjectOut is not null)
            projectOut = make($"{shape.ProjectOut}.weight", embedding.Size, shape.HiddenSize);
        Causal = shape.Causal;
        BySegments = device.type == TorchSharp.DeviceType.CUDA && TorchRuntime.Version is { TakesSegments: true };

        Parameter Embedding(string name, params long[] size)
        {
            embeddings.Add(name);
            return make(name, size);
        }
    }

    public StackShape Shape => shape;

    /// <summary>The token embedding; stacks that share its weight share it too.</summary>
    public LinearLayer Tokens { get; set; }

    public IReadOnlyList<Block> Blocks { get; }

    /// <summary>The names of the weights before the first layer.</summary>
    public IReadOnlySet<string> Embeddings => embeddings;

    /// <summary>Whether tokens see only those before them.</summary>
    public bool Causal { get; set; }

    /// <summary>
    /// Whether texts that share rows are kept apart by where they end, and not by masks. Default: on a GPU, where kernels take that.
    /// </summary>
    public bool BySegments { get; set; }

    /// <summary>Embeddings <c>[virtual, embedding]</c> of virtual tokens that stand before every row; null = none.</summary>
    public Func<Tensor>? SoftPrompt { get; set; }

    /// <summary>
    /// Keys and values <c>[virtual, 2 · layers, key-value heads, head]</c> that every token sees besides the others'; null = none.
    /// </summary>
    public Func<Tensor>? Prefix { get; set; }

    /// <summary>Runs the stack.</summary>
    /// <param name="input">What to run it over.</param>
    /// <returns><c>[batch, virtual + sequence, hidden]</c>, with the virtual tokens of a <see cref="SoftPrompt"/> in front.</returns>
    public Tensor Forward(StackInput input)
    {
        if (input.Ids.dim() != 2)
            throw new ArgumentException($"A model needs ids [batch, sequence], not {input.Ids.dim()} dimensions.", nameof(input));
        var causal = input.Causal ?? Causal;
        if (input.Cache is not null && !causal)
            throw new ArgumentException("A model whose tokens see ahead has no use for a cache.", nameof(input));
        using var scope = NewDisposeScope();
        long batch = input.Ids.size(0),
            length = input.Ids.size(1),
            past = input.Cache?.Length ?? 0;
        var softPrompt = SoftPrompt?.Invoke();
        var prefix = Prefix?.Invoke();
        if (softPrompt is not null && prefix is not null)
            throw new MisfitException("A model cannot have virtual tokens both in front of its rows and as a prefix of its layers.");
        var virtualTokens = softPrompt?.size(0) ?? prefix?.size(0) ?? 0;
        var virtualQueries = past == 0 ? softPrompt?.size(0) ?? 0 : 0;

        var pattern = Pattern(input);
        var ragged = pattern.Lengths is { } lengths ? new RaggedRows(lengths, length, virtualQueries, device) : null;
        var x = Tokens.LookUp(ragged?.Without(input.Ids) ?? input.Ids); // [batch, sequence, embedding], or [1, tokens, embedding]
        if (virtualQueries > 0)
            x = Behind(softPrompt!.to(x.dtype), x); // [batch, virtual + sequence, embedding]
        var first = virtualTokens - virtualQueries + past; // The place of the first query among the keys.
        var at = ragged is not null
            ? ragged.Positions + (virtualTokens - virtualQueries)
            : At(input, length, virtualTokens, virtualQueries);
        var reach = pattern.Lengths is { } real
            ? new Reach(virtualTokens + Math.Max(1, real.Max()), IsExact: true)
            : ReachOf(input, at, virtualTokens, past + length);
        var types = input.TokenTypes is { } given ? ragged?.Without(given) ?? given : null;
        if (types is not null && virtualQueries > 0)
            types = Behind(zeros([virtualQueries], ScalarType.Int64, device), types); // [batch or 1, virtual + sequence]
        x = Embed(x, types, at, reach, first);
        if (input.Dropout > 0)
            x = nn.functional.dropout(x, input.Dropout, training: true);

        var queries = virtualQueries + length;
        Tensor? keys = null;
        if (positions.NeedsKeys && ragged is null)
        {
            keys = at ?? arange(first, first + queries, device: device).unsqueeze(0); // [batch or 1, queries]
            if (input.Cache is not null)
                keys = input.Cache.Positions(keys); // [batch or 1, past + queries]
            if (prefix is not null)
                // [batch or 1, keys]
                keys = cat([arange(virtualTokens, device: device).unsqueeze(0).expand(keys.size(0), -1), keys], 1);
        }

        var runs = BySegments && shape.CanSplit && virtualTokens == 0 && input.Cache is null ? ragged?.Lengths ?? pattern.Runs : null;
        var segments = runs is null ? null : new Segments(runs, device);
        var pass = new StackPass
        {
            Pattern = pattern,
            Segments = segments,
            Causal = causal,
            Device = device,
            Length = length,
            Past = past,
            Virtual = virtualTokens,
            VirtualQueries = virtualQueries,
            Prefix = prefix,
            Cache = input.Cache,
            Dropout = input.Dropout,
            Ragged = ragged,
            Groups = segments is null ? [.. (ragged?.Groups ?? []).Select(group => Seen(group.Length))] : [],
            Angles = positions.Angles(at, reach, first, queries),
            Bias = ragged is null ? positions.Bias(first, queries, first + queries, keys) : null,
            States = input.States,
            // [batch, 1, 1, encoder's tokens]
            StatesMask = input.StatesReal is null ? null : StackPass.Additive(input.StatesReal.unsqueeze(1).unsqueeze(1)),
        };
        // Without gradients nothing is kept; and a cache of keys is not for computing twice.
        var checkpointed = input.Checkpointed && is_grad_enabled();
        var isWhole = input.Layers is null || input.Layers >= Blocks.Count;
        foreach (var block in isWhole ? Blocks : Blocks.Take(input.Layers!.Value))
        {
            using var inner = NewDisposeScope(); // A layer's tensors are freed at once; the graph holds what the backward needs.
            x = (checkpointed ? block.Checkpointed(x, pass) : block.Forward(x, pass)).MoveToOuterDisposeScope();
        }

        pass.End();
        input.Cache?.Advance(length, virtualQueries);
        if (isWhole && finalNorm is not null)
            x = finalNorm.Forward(x);
        if (isWhole && projectOut is not null)
            x = Ops.Linear(x, projectOut); // [batch, sequence, embedding]
        return (ragged?.Padded(x) ?? x).MoveToOuterDisposeScope();

        // What rows of one length see, virtual tokens counted.
        StackPass Seen(long size) =>
            new()
            {
                Pattern = AttentionPattern.Whole,
                Causal = causal,
                Device = device,
                Length = size - virtualQueries,
                Virtual = virtualTokens,
                VirtualQueries = virtualQueries,
                Bias = positions.Bias(
                    first,
                    size,
                    first + size,
                    positions.NeedsKeys ? arange(first + size, device: device).unsqueeze(0) : null
                ),
            };

        Tensor Behind(Tensor front, Tensor own) =>
            ragged?.Behind(front, own) ?? cat([front.unsqueeze(0).expand([own.size(0), .. front.shape]), own], 1);
    }

    public void Dispose() => positions.Dispose();

    /// <summary>Which tokens belong together; by lengths only where there is padding to be left out.</summary>
    private AttentionPattern Pattern(StackInput input)
    {
        if (input.Pattern is not { Lengths: { } lengths } pattern)
            return input.Pattern ?? AttentionPattern.Whole;
        var (batch, length) = (input.Ids.size(0), input.Ids.size(1));
        if (lengths.Count != batch || lengths.Any(real => real < 0 || real > length))
            throw new ArgumentException($"{lengths.Count} lengths up to {lengths.Max()} were given for {batch} rows of {length} tokens.");
        if (input.Cache is not null || input.Positions is not null || shape.CrossAttention is not null)
            throw new ArgumentException(
                "Rows without their padding are read as a whole: not with a cache, positions of their own or an encoder's states."
            );
        return pattern.Fills(length) ? AttentionPattern.Whole : pattern;
    }

    /// <summary>Positions with the virtual tokens counted first; null where they count from the first query's place.</summary>
    private Tensor? At(StackInput input, long length, long virtualTokens, long virtualQueries)
    {
        var at = input.Positions ?? input.Pattern?.Positions(length);
        if (at is null || virtualTokens == 0)
            return at;
        at = at + virtualTokens;
        // [batch or 1, virtual + sequence]
        return virtualQueries == 0 ? at : cat([arange(virtualQueries, device: device).unsqueeze(0).expand(at.size(0), -1), at], 1);
    }

    /// <summary>
    /// Positions that are given may be any, others count from the front: tokens of the cache, padding and virtual ones too.
    /// </summary>
    private static Reach ReachOf(StackInput input, Tensor? at, long virtualTokens, long keys) =>
        input.Positions is null ? new(virtualTokens + keys, IsExact: at is null) : new(input.Reach + virtualTokens, IsExact: true);

    private Tensor Embed(Tensor x, Tensor? types, Tensor? at, Reach reach, long first)
    {
        var embedding = shape.Embedding;
        if (embedding.Scale != 1)
            x = x * embedding.Scale;
        if (project is not null && embedding.ProjectFirst)
            x = Ops.Linear(x, project, projectBias); // [batch, sequence, hidden]
        var places = positions.Embedding(at ?? arange(first, first + x.size(1), device: device).unsqueeze(0), reach);
        if (places is not null)
            x = x + places;
        if (tokenTypes is not null)
        {
            types ??= zeros([1, 1], ScalarType.Int64, device);
            x = x + Ops.Embedding(tokenTypes, types);
        }

        if (embeddingNorm is not null)
            x = embeddingNorm.Forward(x);
        return project is not null && !embedding.ProjectFirst ? Ops.Linear(x, project, projectBias) : x;
    }
}

/// <summary>What a stack runs over.</summary>
internal readonly record struct StackInput(Tensor Ids)
{
    /// <summary>int64 <c>[batch, sequence]</c>. Default: counting real tokens, on from the cache.</summary>
    public Tensor? Positions { get; init; }

    /// <summary>The largest of <see cref="Positions"/> and one, where the host knows it.</summary>
    public long? Reach { get; init; }

    /// <summary>int64 <c>[batch, sequence]</c>. Default: all 0.</summary>
    public Tensor? TokenTypes { get; init; }

    public AttentionPattern? Pattern { get; init; }

    public KvCache? Cache { get; init; }

    /// <summary>Whether tokens see only those before them. Default: as the stack is set.</summary>
    public bool? Causal { get; init; }

    public double Dropout { get; init; }

    /// <summary>Whether layers are computed again for their gradients instead of being kept.</summary>
    public bool Checkpointed { get; init; }

    /// <summary>Runs so many layers and no normalisation behind them, as transformers' <c>hidden_states</c>. Default: all.</summary>
    public int? Layers { get; init; }

    /// <summary>What an encoder made of its tokens, <c>[batch, tokens, hidden]</c>.</summary>
    public Tensor? States { get; init; }

    /// <summary>bool <c>[batch, tokens]</c>: which of those count.</summary>
    public Tensor? StatesReal { get; init; }
}
