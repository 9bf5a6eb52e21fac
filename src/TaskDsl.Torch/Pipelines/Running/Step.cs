using System.Reflection;
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

    /// <summary>The texts in its <c>[StepResult]</c> properties, with what each must be.</summary>
    internal IEnumerable<(string Property, StepResultAttribute Wanted, string Named)> Named() =>
        from property in Words.Properties(GetType())
        let wanted = property.GetCustomAttribute<StepResultAttribute>()
        where wanted is not null
        from named in property.GetValue(this) switch
        {
            string one => [one],
            IEnumerable<string> several => several,
            _ => [],
        }
        select (Words.KeyOf(property), wanted, named);
}
