using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Criteria;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Torch.Schedules;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Recipes;

/// <summary>How a model is tuned on which tasks: one recipe is one training run.</summary>
[
    Document("recipe"),
    AnyOf(
        "there is nothing to train on; name tasks ('tasks: [<task>]') or texts ('corpus: [<file>]'), or say that C# gives them "
            + "('tasks: []')",
        nameof(Tasks),
        nameof(Corpus)
    )
]
public sealed record Recipe : Definition, IValidatableObject
{
    /// <summary>The model that the run starts from: a folder in Hugging Face layout, or a new model.</summary>
    [AlsoCalled("model_name_or_path", "base_model")]
    public required ModelSource Model { get; init; }

    /// <summary>The tasks that are trained on.</summary>
    public IReadOnlyList<TaskShare> Tasks { get; init; } = [];

    /// <summary>The languages that are trained on and measured. Default: all that the tasks have.</summary>
    [Distinct, Length(0, 100)]
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>How large and small tasks share an epoch. Default: each example is drawn as often as its task's weight says.</summary>
    public Mixture Mixture { get; init; } = new();

    /// <summary>Plain text files to train on (pre-training): files or globs, documents separated by blank lines.</summary>
    [FilePath]
    public IReadOnlyList<string> Corpus { get; init; } = [];

    /// <summary>
    /// What gets a model of its own, where not all share one: each <c>task</c>, named groups of tasks, or each value of a field.
    /// </summary>
    [AlsoCalled("one_model_per_task")]
    public Grouping? OneModelPer { get; init; }

    /// <summary>Which weights are trained, and in which form. Default: all of them.</summary>
    [AlsoCalled("peft", "peft_config")]
    public TuningMethod Tuning { get; init; } = new Full();

    /// <summary>What is minimised. Default: the cross-entropy of the answer's tokens.</summary>
    public Objective Objective { get; init; } = new Supervised();

    /// <summary>How gradients become steps.</summary>
    [AlsoCalled("optim"), DefaultValue("adamw")]
    public Optimizer Optimizer { get; init; } = new AdamW();

    /// <summary>How the learning rate changes over the run.</summary>
    [AlsoCalled("lr_scheduler_type", "lr_scheduler"), DefaultValue("cosine")]
    public Schedule Schedule { get; init; } = new Cosine();

    /// <summary>How examples become rows.</summary>
    public Batch Batch { get; init; } = new();

    /// <summary>When the run ends.</summary>
    public Budget Budget { get; init; } = new();

    /// <summary>The largest norm of all gradients together; a larger one is scaled down to it. 0 turns clipping off.</summary>
    [Range(0.0, 1e9), AlsoCalled("max_grad_norm", "gradient_clip_val")]
    public double ClipNorm { get; init; } = 1.0;

    /// <summary>
    /// The share of the embedding's and of each attention's and feed-forward's results that is left out at random while training
    /// (Srivastava et al., arXiv 1207.0580): against learning few examples by heart.
    /// </summary>
    [Range(0.0, 0.9)]
    public double Dropout { get; init; }

    /// <summary>
    /// Whether each layer's activations are computed again for its gradients instead of being kept (Chen et al., arXiv 1604.06174): memory
    /// for longer rows or larger batches, for a third more time. The result is the same.
    /// </summary>
    [AlsoCalled("gradient_checkpointing")]
    public bool ActivationCheckpointing { get; init; }

    /// <summary>The numbers that the model computes in.</summary>
    [AlsoCalled("fp16", "bf16", "torch_dtype")]
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>
    /// Whether a GPU multiplies float32 numbers as TF32, with factors of 10 bits behind the point and sums in float32: several times as
    /// fast, within about a thousandth. Processors multiply them as they are, whatever it says.
    /// </summary>
    [DoesNotShape, AlsoCalled("allow_tf32")]
    public bool Tf32 { get; init; } = true;

    /// <summary>Which of the run's models is kept as the best. Default: the one with the lowest validation loss.</summary>
    public Criterion Best { get; init; } = new ValidationLoss();

    /// <summary>When the run ends before its budget. Default: it does not.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>How answers are produced and measured.</summary>
    public EvaluationPlan Evaluation { get; init; } = new();

    /// <summary>When the run is saved.</summary>
    [DoesNotShape]
    public CheckpointPlan Checkpoints { get; init; } = new();

    /// <summary>The seed of everything that is drawn.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where the model runs: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</summary>
    [DoesNotShape, RegularExpression("^(auto|cpu|cuda(:[0-9]+)?)$")]
    public string Device { get; init; } = "auto";

    /// <summary>What no single property says: the best model must be told by what the tasks have.</summary>
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (Languages.FirstOrDefault(language => Tasks.Count > 0 && !Spoken.Contains(language)) is { } stray)
            yield return new ValidationResult($"no task is given in '{stray}'{NearestWord.Choice(stray, Spoken)}", ["languages"]);
        var ungrouped = OneModelPer?.Mistakes(this).ToList() ?? [];
        foreach (var mistake in ungrouped)
            yield return mistake;
        if (ungrouped.Count > 0)
            yield break;
        // Each model is chosen by its own tasks.
        var runs = (OneModelPer?.Models(this).Select(model => model.Tasks) ?? [Tasks])
            .Select(tasks => tasks.Where(task => task.Weight > 0).Select(task => task.Prompt).ToList())
            .Where(prompts => prompts.Count > 0)
            .ToList();
        var misfit =
            Best.NeedsAnswers && !Objective.TeachesAnswers ? Without("objective teaches none")
            : Best.NeedsAnswers && runs.Count == 0 ? Without("tasks are none")
            : runs.Select(prompts => Best.Misfit(prompts, Evaluation)).FirstOrDefault(found => found is not null);
        if (misfit is not null)
            yield return new ValidationResult(misfit, [$"best.{Words.WordOf(Best.GetType())}"]);

        static string Without(string what) => $"it needs answers, and the recipe's {what}. Use best: validation_loss.";
    }

    private IEnumerable<string> Spoken => Tasks.SelectMany(share => share.Task.Languages).Distinct();

    /// <summary>The 16-bit numbers that answers are computed in: on a GPU those of the training; null = float32.</summary>
    internal WeightType? AnswersOn(TorchSharp.torch.Device device) =>
        device.type != TorchSharp.DeviceType.CUDA ? null
        : Precision == Precision.BFloat16 ? WeightType.BFloat16
        : Precision == Precision.Float16 ? WeightType.Float16
        : null;

    /// <summary>
    /// The 16-bit numbers that weights which nothing trains can be kept in on a GPU: those that their products are computed in anyway. On a
    /// processor answers, which are computed in float32, would be slower. Null = float32.
    /// </summary>
    internal WeightType? FrozenOn(TorchSharp.torch.Device device) => Tuning is AdapterMethod ? AnswersOn(device) : null;

    /// <summary>
    /// What a task of the recipe is called in its runs: its name, or its prompt's where the recipe has the task more than once.
    /// </summary>
    public string NameOf(TaskShare share)
    {
        ArgumentNullException.ThrowIfNull(share);
        return Tasks.Count(t => t.Task.Name == share.Task.Name) > 1 ? share.Prompt.Name : share.Task.Name;
    }
}
