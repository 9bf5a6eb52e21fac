using TaskDsl.HuggingFace;
using TaskDsl.Prompts;
using TaskDsl.Torch.Models.Weights;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Tuning.Adapters;

namespace TaskDsl.Torch.Exporting.Writing;

/// <summary>A model that is to be carried away.</summary>
public sealed class ExportedModel : IDisposable
{
    private ExportedModel(string name, LoadedModel model, IReadOnlyList<string> chain) => (Name, Model, Chain) = (name, model, chain);

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>The model; its adapter is folded in, where the format does not carry it away alone.</summary>
    public LoadedModel Model { get; }

    /// <summary>The folder that it was read from, and those below it, down to a whole model.</summary>
    public IReadOnlyList<string> Chain { get; }

    /// <summary>How messages are laid out for it; null = nothing says so.</summary>
    public ChatFormat? Layout { get; init; }

    /// <summary>What it is and can do, as the <c>README.md</c> of its folder says it.</summary>
    public string Card { get; init; } = "";

    /// <summary>What its user should know of how it was opened.</summary>
    public IReadOnlyList<string> Notices { get; private init; } = [];

    /// <summary>Opens a model's folder for a format.</summary>
    /// <param name="folder">The folder of a model or of an adapter.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="format">What it is opened for.</param>
    /// <param name="describe">Says more of it, once it is open.</param>
    /// <exception cref="ModelException">The folder is broken, or the format is for adapters alone, or for all but this one.</exception>
    public static ExportedModel Open(
        string folder,
        string name,
        ExportFormat format,
        Func<LoadedModel, (ChatFormat? Layout, string Card)> describe
    )
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(describe);
        if (LoadedModel.MadeOf(folder) is { } made)
            throw new ModelException($"{folder} is {made}: one model is carried away at a time. Name one of its models.");
        if (format.IsOfAdapter && !AdapterFolder.IsAdapter(folder))
            throw new ModelException($"{folder} is a whole model: there is no adapter to carry away.");
        var chain = AdapterFolder.Chain(folder);
        if (format.IsOfAdapter && chain.Count > 2)
            throw new ModelException(
                $"{folder} is an adapter on top of another one ({chain[1]}), without which it means nothing. Carry the whole model away."
            );
        var notices = new List<string>();
        // What an adapter was trained on may be kept in few bits; it is folded into the model's own weights.
        if (!format.IsOfAdapter && chain.Count > 1 && WordFiles.BaseWeights.Read(folder) is not null and not Float32)
            notices.Add(
                "the adapter was trained on quantised weights and is folded into the model's own here, as by merge --base original; to "
                    + "keep what it was trained on, merge --base quantised first."
            );
        var model = LoadedModel.Load(folder, weights: new Float32());
        try
        {
            notices.AddRange(model.Notices);
            var (layout, card) = describe(model);
            if (!format.IsOfAdapter && model.Adapter is { } adapter)
            {
                if (adapter.MergeObstacle is { } obstacle)
                    throw new ModelException($"{folder}: {obstacle}");
                model.Merge();
                notices.Add("the adapter was folded in: the result is a whole model.");
            }

            return new(name, model, chain)
            {
                Layout = layout,
                Card = card,
                Notices = notices,
            };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
