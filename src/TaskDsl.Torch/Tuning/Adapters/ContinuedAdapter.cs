using TorchSharp.Modules;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>
/// An adapter that came with the model and is trained on. It stays on the model when the run ends: it is not this object's.
/// </summary>
internal sealed class ContinuedAdapter(Adapter adapter, AdapterMethod method) : TunedModel(adapter.Model)
{
    public override IReadOnlyDictionary<string, Parameter> Trained => adapter.Trained;

    public override bool SavesWholeModel => false;

    public override double LearningRateFactor(string name) => method.LearningRateFactor(name);

    public override void BeforeStep(int step, int steps) => adapter.BeforeStep(step, steps);

    public override void Save(string folder, string baseModel) => adapter.Save(folder, baseModel);
}
