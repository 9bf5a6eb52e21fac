using TaskDsl.Torch.Pipelines.Running;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>A step that makes an index.</summary>
public interface ISearchable
{
    /// <summary>Opens the index that it has made. The caller disposes it.</summary>
    /// <param name="asking">The step that searches.</param>
    /// <param name="folder">The folder of the index.</param>
    SearchIndex Open(StepContext asking, string folder);
}
