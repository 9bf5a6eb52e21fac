using TaskDsl.Torch.Models;
using TorchSharp.Modules;

namespace TaskDsl.Torch.Tuning;

/// <summary>A model that is being tuned.</summary>
/// <param name="decoder">The model.</param>
public abstract class TunedDecoder(Decoder decoder) : IDisposable
{
    /// <summary>The model.</summary>
    public Decoder Decoder { get; } = decoder;

    /// <summary>What is trained, by name.</summary>
    public abstract IReadOnlyDictionary<string, Parameter> Trained { get; }

    /// <summary>Whether a saved folder is a whole model; otherwise it is an adapter, of use only beside the model that it was tuned from.</summary>
    public abstract bool SavesWholeModel { get; }

    /// <summary>Writes what was tuned: a model in Hugging Face layout, or an adapter in PEFT's.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="baseModel">The name or path of the model that was tuned, to be written into an adapter.</param>
    public abstract void Save(string folder, string baseModel);

    /// <summary>Frees what the method added; the model stays.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
