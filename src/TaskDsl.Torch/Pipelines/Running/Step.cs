using System.Reflection;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// What a step of a pipeline does. Each is one file with a <c>[Keyword]</c> record that <c>[Makes]</c> something. It reads what it is given
/// and writes into its folder; the same definition with the same inputs makes the same.
/// </summary>
public abstract record Step
{
    /// <summary>A number that grows when the step comes to make something else of the same: what was made before is made anew.</summary>
    public virtual int Revision => 1;

    /// <summary>Whether a step that was killed goes on in its folder. Default: false; it begins anew in an empty one.</summary>
    public virtual bool Resumes => false;

    /// <summary>The steps of a group, which is none itself. Default: null; it is a step.</summary>
    public virtual IReadOnlyDictionary<string, PipelineStep>? Group => null;

    /// <summary>The tasks that the model which it makes has learned. Default: none are known.</summary>
    public virtual IReadOnlyList<DslTask> Learned => [];

    /// <summary>How many validation examples of a task and language <see cref="Validate"/> measures at most. Default: all.</summary>
    public virtual int? ValidationLimit => null;

    /// <summary>What the step makes.</summary>
    internal MakesAttribute Makes =>
        GetType().GetCustomAttribute<MakesAttribute>()
        ?? throw new WordException($"{Words.WordOf(GetType())}: a step needs [Makes], which says what it makes.");

    /// <summary>
    /// Tells what shapes the result besides the step's definition and the steps that it names: tasks, prompts, models, files.
    /// </summary>
    public abstract void Shape(StepShape shape);

    /// <summary>Finds out what would keep it from running, before any step of the pipeline runs. Default: nothing.</summary>
    public virtual void Check() { }

    /// <summary>Makes the result.</summary>
    public abstract void Run(StepContext step);

    /// <summary>What a model that it has made is worth on the validation part, for <c>choose</c>.</summary>
    /// <param name="step">The step that chooses.</param>
    /// <param name="model">The name of the model.</param>
    /// <param name="metric">A metric's word, or <c>loss</c>.</param>
    /// <exception cref="RunException">It cannot be told.</exception>
    public virtual MetricScore Validate(StepContext step, string model, string metric) =>
        throw new RunException($"nothing is known of the validation part of what '{Words.WordOf(GetType())}' makes.");

    /// <summary>Its <c>[StepResult]</c> properties, and those of its words.</summary>
    internal IEnumerable<NamedResults> Named() => NamedResults.In(this, [], "");
}
