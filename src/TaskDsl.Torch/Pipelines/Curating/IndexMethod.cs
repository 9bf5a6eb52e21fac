using TaskDsl.Torch.Pipelines.Running;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>What texts are searched by. Each is one file with a <c>[Keyword]</c> record.</summary>
public abstract record IndexMethod
{
    /// <summary>Tells what shapes the index besides the definition and the texts.</summary>
    public virtual void Shape(StepShape shape) { }

    /// <summary>Writes what is searched by into the step's folder, beside the texts.</summary>
    /// <param name="step">The step that makes the index.</param>
    /// <param name="texts">The texts.</param>
    public abstract void Write(StepContext step, IReadOnlyList<string> texts);

    /// <summary>Opens what was written.</summary>
    /// <param name="asking">The step that searches.</param>
    /// <param name="folder">The folder of the index.</param>
    /// <param name="texts">The texts, as they were written.</param>
    public abstract SearchIndex Open(StepContext asking, string folder, IReadOnlyList<string> texts);
}
