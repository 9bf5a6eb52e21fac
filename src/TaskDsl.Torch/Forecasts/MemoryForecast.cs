using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Recipes;
using TorchSharp;

namespace TaskDsl.Torch.Forecasts;

/// <summary>
/// The memory that a run takes where it takes the most, by kind, in bytes. It is computed from shapes: no weight is read.
/// </summary>
public sealed record MemoryForecast
{
    private const long Float = 4;

    /// <summary>
    /// The program itself with libtorch, .NET, and the code that a first step loads; on a GPU the context that it has there, and the
    /// workspaces of matrix products.
    /// </summary>
    public required long Program { get; init; }

    /// <summary>The examples, as far as they are held in memory; none of them on a GPU.</summary>
    public required long Data { get; init; }

    /// <summary>The model's weights as they are kept, and what a tuning method adds, in float32.</summary>
    public required long Weights { get; init; }

    /// <summary>The gradients of what is trained.</summary>
    public required long Gradients { get; init; }

    /// <summary>What the optimizer remembers between steps.</summary>
    public required long OptimizerState { get; init; }

    /// <summary>What the forward pass keeps for the backward one.</summary>
    public required long Activations { get; init; }

    /// <summary>What the loss takes: as a rule the scores of tokens, some rows at a time, and the gradient of the head.</summary>
    public required long Logits { get; init; }

    /// <summary>Keys, values and scores while answers are written.</summary>
    public required long Cache { get; init; }

    /// <summary>
    /// What malloc holds in pieces too small for the next tensor: on the CPU a share of what a step makes and frees (see the benchmark).
    /// </summary>
    public required long Fragments { get; init; }

    /// <summary>Whether answers are written while the optimizer's state is in memory: to choose the best model.</summary>
    public required bool AnswersWhileTraining { get; init; }

    /// <summary>How many numbers are trained.</summary>
    public required long TrainedParameters { get; init; }

    /// <summary>How many numbers the model has, with those that a tuning method adds.</summary>
    public required long Parameters { get; init; }

    /// <summary>The most at one time.</summary>
    public long Peak =>
        Program
        + Data
        + Weights
        + Math.Max(Gradients + OptimizerState + Math.Max(Activations + Logits + Fragments, AnswersWhileTraining ? Cache : 0), Cache);

    /// <summary>What is held from the first step to the last, whatever a batch takes.</summary>
    public long Held => Program + Data + Weights + Gradients + OptimizerState;

    /// <summary>Computes it.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="config">The model's shape, with the head that the run needs.</param>
    /// <param name="largest">The largest batch that the run meets.</param>
    /// <param name="inUse">The memory that this process has in use before there is a model, data included.</param>
    /// <param name="data">The part of it that is data.</param>
    /// <param name="answers">Whether answers are measured.</param>
    /// <param name="device">Where the run computes; it need not be there. Default: the CPU.</param>
    public static MemoryForecast Of(
        Recipe recipe,
        ModelConfig config,
        LargestBatch largest,
        long inUse,
        long data,
        bool answers,
        torch.Device? device = null
    )
    {
        using var forecasts = new MemoryForecasts(config, largest, inUse, data, answers, device);
        return forecasts.Of(recipe);
    }

    internal static MemoryForecast Of(
        Recipe recipe,
        TunedOnMeta onMeta,
        LargestBatch largest,
        long inUse,
        long data,
        bool answers,
        torch.Device device
    )
    {
        var gpu = device.type == DeviceType.CUDA;
        var (model, config) = (onMeta.Tuned.Model, onMeta.Tuned.Model.Config);
        var shape = config.Architecture.Decoder ?? config.Architecture.Encoder!;
        var (rows, length) = (Math.Min(largest.Rows, recipe.Batch.Rows), Math.Min(largest.Length, recipe.Batch.SequenceLength));
        var tokens = model is Encoder ? Math.Min(rows * length, largest.Tokens ?? long.MaxValue) : rows * length;
        // Autocast keeps 16-bit copies for a step.
        var casts =
            recipe.Precision == Precision.Float32
                ? 0
                : 2 * model.LinearLayers.Where(map => map.Quantised is null && !map.IsNarrow).Sum(map => map.Inputs * map.Outputs);
        // What few bits stand for, where it is used; in 16 bits besides, where it is multiplied in those.
        var piece = model.LinearLayers.Max(map =>
            map.Quantised is { } few ? few.PieceRows * few.Inputs * (Float + (casts > 0 ? 2 : 0)) : 0
        );
        var activations = Kept(recipe);
        var narrowest = tokens * shape.HiddenSize * (recipe.Precision == Precision.Float32 ? Float : 2);
        var made = narrowest >= OwnPages ? 0 : Kept(recipe with { ActivationCheckpointing = false });
        var logits = recipe.Objective.Memory(model, device, rows * length);
        return new MemoryForecast
        {
            Program = gpu ? MachineMemory.Context + Workspaces : inUse - data + FirstStep,
            Data = gpu ? 0 : data,
            Weights = onMeta.Bytes,
            Gradients = onMeta.Gradients,
            OptimizerState = onMeta.OptimizerState,
            Activations = activations,
            Logits = logits,
            Fragments = gpu ? 0 : (long)(FragmentShare(recipe.Precision) * (made + logits)),
            Cache = !answers || model.Head is not LmHead ? 0 : CacheOf(recipe, model, Math.Min(largest.Sequence, config.MaxPositions)),
            AnswersWhileTraining = recipe.Best.NeedsAnswers,
            TrainedParameters = onMeta.Trained,
            Parameters = onMeta.Parameters,
        };

        long Kept(Recipe changed) => new ActivationMemory(changed, onMeta.Tuned, rows, length, tokens, gpu).Kept() + casts + piece;
    }

    /// <summary>What cuBLAS and its like work in on a GPU, and what libtorch's allocator rounds up. Not measured yet.</summary>
    private const long Workspaces = 200_000_000;

    /// <summary>What a first step loads of libtorch's and the runtime's code, and the threads' own memory.</summary>
    private const long FirstStep = 20_000_000;

    /// <summary>
    /// From this size on glibc's malloc gives a tensor pages of its own, and gives them back with it (the most that <c>M_MMAP_THRESHOLD</c>
    /// grows to, mallopt(3)). Where only some tensors are so large, the others leave as much in pieces.
    /// </summary>
    private const long OwnPages = 32 << 20;

    /// <summary>
    /// Of what a step makes and frees, which is as much where layers are computed again. Measured over models of 6 to 40 million weights:
    /// 0.3 to 0.7 where MKL multiplies, 0.6 to 1 where oneDNN does; nothing with MALLOC_MMAP_THRESHOLD_ set, which costs time instead.
    /// </summary>
    private static double FragmentShare(Precision precision) => precision == Precision.Float32 && LinearKernel.IsFaster ? 0.85 : 0.6;

    private static long CacheOf(Recipe recipe, LanguageModel model, long prompt)
    {
        var shape = model.Config.Architecture.Decoder!;
        long prompts = recipe.Evaluation.Rows,
            rows = prompts * (recipe.Evaluation.Decoding?.Rows ?? 1),
            length = prompt + recipe.Evaluation.MaxNewTokens;
        var keys = rows * length * 2 * shape.KeyValueHeads * shape.HeadSize * shape.Layers * Float;
        var scores = rows * shape.Embedding.VocabularySize * 2 * Float;
        var widest = Math.Max(4 * shape.FeedForwardSize, 6 * shape.HiddenSize);
        return keys + scores + prompts * prompt * widest * Float; // The prompts run through one layer at a time.
    }
}
