using TaskDsl.Torch.Models;
using TorchSharp.Modules;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>Some of the model's own weights are trained, and nothing is added.</summary>
public sealed class PartlyTrained : TunedModel
{
    /// <summary>Freezes what is not trained.</summary>
    /// <param name="model">The model.</param>
    /// <param name="trains">Whether a weight of this name is trained.</param>
    /// <exception cref="MisfitException">None is, or they are kept in few bits.</exception>
    public PartlyTrained(LanguageModel model, Func<string, bool> trains)
        : base(model)
    {
        ArgumentNullException.ThrowIfNull(trains);
        if (model.IsQuantised)
            throw new MisfitException(
                "tuning: this method trains the model's own weights and saves the whole model, and model.pretrained.weights keeps them in "
                    + "few bits, in which nothing can be trained. Tune by an adapter, lora for one, or leave weights out."
            );
        foreach (var name in model.Parameters.Keys.Where(trains).ToArray())
            model.Widen(name);
        foreach (var (name, parameter) in model.Parameters)
            parameter.requires_grad = trains(name);
        Trained = model.Parameters.Where(p => p.Value.requires_grad).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        if (Trained.Count == 0)
            throw new MisfitException("tuning: nothing of this model is selected to be trained.");
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Parameter> Trained { get; }

    /// <inheritdoc/>
    public override bool SavesWholeModel => true;

    /// <inheritdoc/>
    public override void Save(string folder, string baseModel) => Model.Save(folder);
}
