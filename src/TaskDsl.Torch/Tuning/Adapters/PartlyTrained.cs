using TaskDsl.Torch.Models;
using TorchSharp.Modules;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>Some of the model's own weights are trained, and nothing is added.</summary>
internal sealed class PartlyTrained : TunedModel
{
    public PartlyTrained(LanguageModel model, Func<string, bool> trains)
        : base(model)
    {
        foreach (var (name, parameter) in model.Parameters)
            parameter.requires_grad = trains(name);
        Trained = model.Parameters.Where(p => p.Value.requires_grad).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        if (Trained.Count == 0)
            throw new NotSupportedException("tuning: nothing of this model is selected to be trained.");
    }

    public override IReadOnlyDictionary<string, Parameter> Trained { get; }

    public override bool SavesWholeModel => true;

    public override void Save(string folder, string baseModel) => Model.Save(folder);
}
