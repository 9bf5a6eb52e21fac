using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Draws;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// Low-rank adaptation (Hu et al., arXiv 2106.09685): a frozen weight W is used as W + (alpha / rank) · B A, and only A
/// <c>[rank, in]</c> and B <c>[out, rank]</c> are trained. Saved in PEFT's layout.
/// </summary>
/// <remarks>
/// Whatever A and B begin with, the first step starts at the model as it is. PEFT calls it <c>LORA</c>. It can be merged; an update of
/// the embedding or the head where the two are not tied.
/// </remarks>
[Keyword("lora"), Peft("LORA")]
[
    Refuses("alora_invocation_tokens", "an update that begins at some tokens"),
    Refuses("arrow_config", "a choice among several adapters"),
    Refuses("ensure_weight_tying", "one update for the embedding and the head"),
    Refuses("layer_replication", "layers used twice"),
    Refuses("megatron_config", "maps that are split over several machines"),
    Refuses("target_parameters", "updates of single parameters"),
    Refuses("trainable_token_indices", "single rows of the embedding that are trained"),
    Refuses("use_bdlora", "updates in blocks"),
    Refuses("use_qalora", "quantisation-aware updates")
]
[
    Harmless("bias", "biases that were trained too are in the file, under the model's own names"),
    Harmless("corda_config", "how the update began, which init_lora_weights names"),
    Harmless("eva_config", "how the update began, which init_lora_weights names"),
    Harmless("loftq_config", "how the update began, which init_lora_weights names"),
    Harmless("lora_dropout", "it acts in training only"),
    Harmless("lora_ga_config", "how the update began, which init_lora_weights names"),
    Harmless("megatron_core", "of use with megatron_config only"),
    Harmless("qalora_group_size", "of use with use_qalora only"),
    Harmless("runtime_config", "where PEFT computes, not what")
]
public sealed record Lora : LinearTuning, IValidatableObject
{
    // One for all: two methods of the same settings are equal.
    private static readonly Dictionary<string, int> NoRanks = [];
    private static readonly Dictionary<string, double> NoAlphas = [];

    /// <summary>The rank of the update.</summary>
    [Range(1, 4096), Stored("r"), AlsoCalled("lora_r", "lora_rank")]
    public int Rank { get; init; } = 8;

    /// <summary>The update is scaled by alpha / rank.</summary>
    [Range(0.0, 1e6), Stored("lora_alpha")]
    public double Alpha { get; init; } = 16;

    /// <summary>
    /// Whether the update is scaled by alpha / √rank, so that high ranks learn as fast as low ones (rsLoRA, arXiv 2312.03732).
    /// </summary>
    [Stored("use_rslora")]
    public bool Rslora { get; init; }

    /// <summary>Whether the length of each row of the weight is trained apart from its direction (DoRA, arXiv 2402.09353).</summary>
    [Stored("use_dora")]
    public bool Dora { get; init; }

    /// <summary>What A and B begin with.</summary>
    public new LoraStart Start { get; init; } = LoraStart.Default;

    /// <summary>How much higher the learning rate of B is than that of A (LoRA+, arXiv 2402.12354, which finds 16 good).</summary>
    [Range(1.0, 1e4)]
    public double BRate { get; init; } = 1;

    /// <summary>
    /// Ranks of some maps in the place of <c>rank</c>, by expressions of what their names end in, behind a dot: <c>down_proj</c>,
    /// <c>layers\.[0-3]\..*</c>. The first that fits holds.
    /// </summary>
    public IReadOnlyDictionary<string, int> RankPattern { get; init; } = NoRanks;

    /// <summary>Alphas of some maps in the place of <c>alpha</c>, by expressions as in <c>rank_pattern</c>.</summary>
    public IReadOnlyDictionary<string, double> AlphaPattern { get; init; } = NoAlphas;

    /// <summary>Whether B has a bias, as a file says (<c>lora_bias</c>).</summary>
    private bool Biased { get; init; }

    private bool IsPrincipal => Start is LoraStart.Pissa or LoraStart.Olora;

    /// <inheritdoc/>
    public override bool StandsOnFewBits => !IsPrincipal;

    /// <inheritdoc/>
    protected override LinearUpdate On(LinearLayer map, AdapterWeights weights)
    {
        var rank = ModulePattern.Find(RankPattern, map.Name) ?? Rank;
        var alpha = ModulePattern.Find(AlphaPattern, map.Name) ?? Alpha;
        var scale = alpha / (Rslora ? Math.Sqrt(rank) : rank);
        if (map.Sites.Contains(Site.Embedding))
            return OnEmbedding(map, weights, rank, scale);
        var principal = IsPrincipal ? Principal(map, weights, rank, scale) : ((Tensor A, Tensor B)?)null;
        var (a0, b0) = principal ?? default;
        // With what it began as beside it, the update is one of twice the rank on the model as it was: [2 · rank, in], [out, 2 · rank].
        var a = weights.Trained(
            "lora_A.weight",
            [rank, map.Inputs],
            () => IsPrincipal ? a0 : FirstA(map, weights, rank),
            IsPrincipal ? value => cat([value, a0], 0) : null
        );
        var b = weights.Trained(
            "lora_B.weight",
            [map.Outputs, rank],
            () => IsPrincipal ? b0 : FirstB(map, weights, rank),
            IsPrincipal ? value => cat([value, b0.neg()], 1) : null
        );
        var update = new LowRank(map, a, b, scale)
        {
            // [out]; what the updated weight begins as is the weight as it is.
            Magnitude = Dora ? weights.Trained("lora_magnitude_vector", [map.Outputs], () => map.Updated.Lengths(map.Updated.Rows)) : null,
            Bias = Biased ? weights.Trained("lora_B.bias", map.Outputs, 0) : null,
        };
        if (principal is { } taken)
        {
            weights.Model.Widen($"{map.Name}.weight");
            update.TakeOut(taken);
        }

        return update;
    }

    /// <inheritdoc/>
    /// <remarks>With its start beside it, an update that took something out of the weight is one of twice the rank.</remarks>
    public override AdapterMethod AsStored(LanguageModel model)
    {
        if (!IsPrincipal)
            return this;
        var factor = Rslora ? Math.Sqrt(2) : 2; // The scale stays.
        return this with
        {
            Start = LoraStart.Default,
            Rank = 2 * Rank,
            Alpha = factor * Alpha,
            RankPattern = RankPattern.ToDictionary(rank => rank.Key, rank => 2 * rank.Value),
            AlphaPattern = AlphaPattern.ToDictionary(alpha => alpha.Key, alpha => factor * alpha.Value),
        };
    }

    /// <inheritdoc/>
    public override void Describe(JsonObject config, AdapterWeights weights)
    {
        ArgumentNullException.ThrowIfNull(config);
        base.Describe(config, weights);
        config["lora_dropout"] = 0.0;
        config["bias"] = "none";
        config["init_lora_weights"] = true;
        if (RankPattern.Count > 0)
            config["rank_pattern"] = new JsonObject(RankPattern.Select(rank => KeyValuePair.Create(rank.Key, (JsonNode?)rank.Value)));
        if (AlphaPattern.Count > 0)
            config["alpha_pattern"] = new JsonObject(AlphaPattern.Select(alpha => KeyValuePair.Create(alpha.Key, (JsonNode?)alpha.Value)));
        if (Biased)
            config["lora_bias"] = true;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> MoreSettings =>
        [.. base.MoreSettings, "alpha_pattern", "init_lora_weights", "lora_bias", "rank_pattern"];

    /// <inheritdoc/>
    public override AdapterMethod ReadMore(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var (ranks, alphas) = (ModulePattern.Read(config, "rank_pattern"), ModulePattern.Read(config, "alpha_pattern"));
        if (ranks.FirstOrDefault(rank => rank.Value != Math.Floor(rank.Value)) is { Key: { } odd })
            throw new MisfitException($"rank_pattern: '{odd}' has {ranks[odd]}; expected a whole number.");
        return (Lora)base.ReadMore(config) with
        {
            Start = ReadStart(config["init_lora_weights"]),
            RankPattern = ranks.Count > 0 ? ranks.ToDictionary(rank => rank.Key, rank => (int)rank.Value) : NoRanks,
            AlphaPattern = alphas.Count > 0 ? alphas : NoAlphas,
            Biased = config["lora_bias"]?.GetValueKind() switch
            {
                null or JsonValueKind.False => false,
                JsonValueKind.True => true,
                _ => throw new MisfitException($"lora_bias is {config["lora_bias"]!.ToJsonString()}; expected true or false."),
            },
        };
    }

    /// <summary>
    /// What an adapter's numbers belong to: the weight as it is, or what PEFT leaves of it when it loads the adapter. What began otherwise
    /// belongs to a weight that only its maker had.
    /// </summary>
    private static LoraStart ReadStart(JsonNode? value) =>
        value?.ToJsonString() switch
        {
            null or "true" or "false" => LoraStart.Default,
            "\"gaussian\"" => LoraStart.Gaussian,
            "\"orthogonal\"" => LoraStart.Orthogonal,
            "\"pissa\"" => LoraStart.Pissa,
            "\"olora\"" => LoraStart.Olora,
            { } fast when fast.StartsWith("\"pissa_niter_", StringComparison.Ordinal) => throw new MisfitException(
                $"init_lora_weights is {fast.Replace('"', '\'')}: what was taken out of the weights was found by random numbers "
                    + "(torch.svd_lowrank) that no file has, and PEFT itself finds something else each time that it loads the adapter. "
                    + "Where it was trained, save it again as a plain LoRA (PEFT's save_pretrained with "
                    + "path_initial_model_for_weight_conversion); init_lora_weights: pissa is exact."
            ),
            var other => throw new MisfitException(
                $"init_lora_weights is {other.Replace('"', '\'')}, which is not supported: the adapter belongs to weights that were "
                    + "computed when it began, and that no file has. Expected true, false, gaussian, orthogonal, pissa or olora. "
                    + "Save it again as a plain LoRA (PEFT's save_pretrained with path_initial_model_for_weight_conversion)."
            ),
        };

    /// <summary>What the patterns hold is what <see cref="Rank"/> and <see cref="Alpha"/> may be.</summary>
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext) =>
        [
            .. RankPattern.SelectMany(rank => Wrong("rank_pattern", rank.Key, rank.Value, 1, 4096)),
            .. AlphaPattern.SelectMany(alpha => Wrong("alpha_pattern", alpha.Key, alpha.Value, 0, 1e6)),
        ];

    private static IEnumerable<ValidationResult> Wrong(string setting, string pattern, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
            yield return new(FormattableString.Invariant($"{value} is not allowed; expected {least} to {most}."), [$"{setting}.{pattern}"]);
        if (ModulePattern.Mistake(pattern) is { } mistake)
            yield return new($"'{pattern}' is no expression: {mistake}", [setting]);
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> Misfits(IReadOnlyList<LinearLayer> maps) =>
        from pattern in RankPattern
            .Keys.Select(key => (Setting: "rank_pattern", Key: key))
            .Concat(AlphaPattern.Keys.Select(key => (Setting: "alpha_pattern", Key: key)))
        let expression = ModulePattern.Compile($"tuning.lora.{pattern.Setting}", pattern.Key)
        where !maps.Any(map => expression.IsMatch(map.Name))
        select $"{pattern.Setting}: '{pattern.Key}' fits none of the maps that are updated: "
            + string.Join(", ", maps.Select(map => map.Name[(map.Name.LastIndexOf('.') + 1)..]).Distinct());

    /// <inheritdoc/>
    public override double LearningRateFactor(string name) =>
        name.EndsWith("lora_B.weight", StringComparison.Ordinal) || name.EndsWith("lora_embedding_B", StringComparison.Ordinal) ? BRate : 1;

    private static Draw Drawn(LinearLayer map, AdapterWeights weights, params ReadOnlySpan<long> more) =>
        new([weights.Seed, Draw.Seed("lora"), Draw.Seed(map.Name), .. more]);

    /// <summary>What A begins with beside the weight as it is, <c>[rank, in]</c>: B A is zero.</summary>
    private Tensor FirstA(LinearLayer map, AdapterWeights weights, int rank) =>
        Start switch
        {
            LoraStart.Gaussian => Normal(Drawn(map, weights), rank, map.Inputs, 1.0 / rank),
            LoraStart.Orthogonal => AtRightAngles(map, weights, rank, 0, map.Inputs).t(),
            _ => tensor(Drawn(map, weights).Uniform(rank * map.Inputs, 1 / Math.Sqrt(map.Inputs)), [rank, map.Inputs]),
        };

    /// <summary>What B begins with, <c>[out, rank]</c>.</summary>
    private Tensor FirstB(LinearLayer map, AdapterWeights weights, int rank) =>
        Start == LoraStart.Orthogonal ? AtRightAngles(map, weights, rank, 1, map.Outputs) : zeros(map.Outputs, rank);

    /// <summary>Random numbers in one half of the directions of an orthogonal matrix, every second one, <c>[size, rank]</c>.</summary>
    private static Tensor AtRightAngles(LinearLayer map, AdapterWeights weights, int rank, int half, long size)
    {
        if (rank % 2 != 0)
            throw new MisfitException($"tuning.lora.rank: start: orthogonal needs an even rank, and {rank} is odd.");
        var (q, _) = linalg.qr(Normal(Drawn(map, weights), rank, rank, 1));
        return Normal(Drawn(map, weights, 1 + half), size, rank / 2, 0.1).mm(q.view(rank / 2, 2, rank).select(1, half));
    }

    private static Tensor Normal(Draw draw, long rows, long columns, double deviation) =>
        tensor(draw.Normal(rows * columns, deviation), [rows, columns]);

    /// <summary>PEFT's update of an embedding: A, of which a token chooses a column, begins at zero, and B with normal numbers.</summary>
    private LowRank OnEmbedding(LinearLayer map, AdapterWeights weights, int rank, double scale)
    {
        if (Dora || (IsPrincipal && !weights.AreRead))
            throw new MisfitException(
                $"tuning.lora: dora and start: {Words.WordOf(typeof(LoraStart).GetField(Start.ToString())!)} are for linear maps; the site "
                    + "embedding has neither."
            );
        var a = weights.Trained("lora_embedding_A", [rank, map.Inputs], () => zeros(rank, map.Inputs));
        var b = weights.Trained("lora_embedding_B", [map.Outputs, rank], () => Normal(Drawn(map, weights), map.Outputs, rank, 1));
        return new LowRank(map, a, b, scale);
    }

    /// <summary>
    /// The part of the weight that becomes the update and leaves the weight, as A <c>[rank, in]</c> and B <c>[out, rank]</c>: scale · B A.
    /// </summary>
    private (Tensor A, Tensor B) Principal(LinearLayer map, AdapterWeights weights, int rank, double scale)
    {
        var word = Start == LoraStart.Pissa ? "pissa" : "olora";
        if (Dora && !weights.AreRead)
            throw new MisfitException($"tuning.lora: start: {word} and dora do not go together.");
        if (rank > Math.Min(map.Inputs, map.Outputs))
            throw new MisfitException(
                $"tuning.lora.rank: {rank} is more than {map.Name} has singular values ({Math.Min(map.Inputs, map.Outputs)})."
            );
        if (weights.Model.IsTied(map))
            throw new MisfitException($"tuning.lora: start: {word} changes the weight, which the head shares with the embedding here.");
        if (map.Quantised is not null)
            throw new MisfitException(
                $"tuning.lora: start: {word} takes a part out of the weight of {map.Name}, which is kept in few bits here and cannot be "
                    + "changed. Choose another start, or leave out model.pretrained.weights."
            );
        var matrix = map.Matrix.detach();
        if (Start == LoraStart.Olora)
        {
            if (map.IsTransposed && weights.AreRead)
                throw new MisfitException(
                    $"tuning.lora: the adapter began by olora, which PEFT computes of {map.Name} the wrong way round (it is a Conv1D). "
                        + "Save it again as a plain LoRA (path_initial_model_for_weight_conversion)."
                );
            var (q, r) = linalg.qr(matrix); // W = q · r
            return (weights.Keep(r.narrow(0, 0, rank).clone()), weights.Keep(q.narrow(1, 0, rank).clone()));
        }

        var (u, s, v) = linalg.svd(matrix, false); // W = u · diag(s) · v: v comes transposed
        var root = (s.narrow(0, 0, rank) / scale).sqrt(); // [rank]; scale · B A is then the principal part
        return (weights.Keep(v.narrow(0, 0, rank) * root.unsqueeze(1)), weights.Keep(u.narrow(1, 0, rank) * root));
    }
}

/// <summary>What a low-rank update begins with.</summary>
public enum LoraStart
{
    /// <summary>A uniform in ±1/√in, as PEFT's Kaiming initialisation comes to, and B zero: the model as it is.</summary>
    Default,

    /// <summary>A normal by 1 / rank, and B zero: the model as it is.</summary>
    Gaussian,

    /// <summary>A and B both random and at right angles, so that their product is zero: the model as it is. The rank is even.</summary>
    Orthogonal,

    /// <summary>
    /// The weight's principal part, which is taken out of the frozen weight (PiSSA, arXiv 2404.02948). Saved as a plain update of twice the
    /// rank.
    /// </summary>
    Pissa,

    /// <summary>
    /// The first columns of the weight's QR decomposition, taken out of the frozen weight (OLoRA, arXiv 2406.01775). Saved as a plain
    /// update of twice the rank.
    /// </summary>
    Olora,
}
