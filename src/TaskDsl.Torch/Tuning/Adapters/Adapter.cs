using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Disk;
using TaskDsl.Hub;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Safetensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>
/// Few new weights beside a frozen model, in PEFT's layout: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>. The weights of
/// a task's head are trained and stored with them. Disposed, it leaves the model as it was.
/// </summary>
public sealed class Adapter : TunedModel
{
    private readonly AdapterMethod method;
    private readonly AdapterWeights weights;
    private readonly Dictionary<string, Parameter> added = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> shared = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, Func<Tensor>>> stored = [];
    private readonly List<Tensor> kept = [];
    private readonly List<LinearUpdate> updates = [];
    private readonly List<string> notices = [];
    private readonly List<string> whole = []; // Of the model's own weights, those that the file has.
    private readonly Stack<Action> undo = [];

    private Adapter(AdapterMethod method, LanguageModel model, int seed, AdapterFile? file)
        : base(model)
    {
        this.method = method;
        weights = new AdapterWeights(this, seed, file);
        foreach (var (name, parameter) in model.Parameters)
            parameter.requires_grad = model.TaskWeights.Contains(name);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Parameter> Trained => added.Concat(Head).ToDictionary(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override bool SavesWholeModel => false;

    /// <summary>What its user should know of its files: what is at odds in them.</summary>
    public IReadOnlyList<string> Notices => notices;

    /// <summary>What it has put beside the model's own weights, trained or drawn.</summary>
    internal IEnumerable<Tensor> Tensors => added.Values.Concat(shared.Values);

    private string HeadPrefix => method.AsStored(Model).HeadPrefix;

    private IEnumerable<KeyValuePair<string, Parameter>> Head =>
        Model.TaskWeights.Select(name => KeyValuePair.Create(HeadPrefix + name, Model.Parameters[name]));

    /// <inheritdoc/>
    public override double LearningRateFactor(string name) => method.LearningRateFactor(name);

    /// <inheritdoc/>
    public override void BeforeStep(int step, int steps)
    {
        foreach (var update in updates)
            update.BeforeStep(step, steps);
    }

    /// <summary>Puts an update onto a map, on top of those that are there.</summary>
    public void Put(LinearLayer map, LinearUpdate update)
    {
        map.Updates.Add(update);
        updates.Add(update);
        undo.Push(() =>
        {
            if (map.Updates.Remove(update))
                update.TakenOff(map);
        });
    }

    /// <summary>Puts an update onto a part of a layer, behind those that are there.</summary>
    public void Put(Sublayer part, SublayerUpdate update)
    {
        part.Updates.Add(update);
        undo.Push(() => part.Updates.Remove(update));
    }

    /// <summary>Puts virtual tokens in front of every row.</summary>
    /// <param name="embeddings">Gives their embeddings, <c>[virtual, embedding]</c>.</param>
    /// <exception cref="MisfitException">There are virtual tokens already.</exception>
    public void PutSoftPrompt(Func<Tensor> embeddings)
    {
        RefuseSecond();
        Model.SoftPrompt = embeddings;
        undo.Push(() => Model.SoftPrompt = null);
    }

    /// <summary>Puts keys and values in front of those of every layer.</summary>
    /// <param name="keysAndValues">Gives them, <c>[virtual, 2 · layers, key-value heads, head]</c>.</param>
    /// <exception cref="MisfitException">There are virtual tokens already.</exception>
    public void PutPrefix(Func<Tensor> keysAndValues)
    {
        RefuseSecond();
        Model.Prefix = keysAndValues;
        undo.Push(() => Model.Prefix = null);
    }

    /// <summary>Begins to train the adapter on, by the method that made it.</summary>
    /// <param name="tuning">The method; what it does not store, as the learning rate of a part, may be another than it was.</param>
    /// <exception cref="MisfitException">The method would make another adapter.</exception>
    public TunedModel Continue(TuningMethod tuning)
    {
        ArgumentNullException.ThrowIfNull(tuning);
        using var onMeta = LanguageModel.OnMeta(Model.Config);
        using var wanted = tuning.Start(onMeta, seed: 0);
        var (own, would) = (Describe(), (wanted as Adapter)?.Describe());
        if (would is null)
            throw new MisfitException(
                $"tuning: the model's adapter is of type {own["peft_type"]}; "
                    + "a method that trains the model's own weights cannot train it on."
            );
        foreach (var name in own.Select(setting => setting.Key).Union(would.Select(setting => setting.Key)))
            if (!JsonNode.DeepEquals(own[name], would[name]))
                throw new MisfitException(
                    $"tuning: the model's adapter has {name} {Text(own[name])}, and the recipe's tuning makes one with "
                        + $"{Text(would[name])}. To train the adapter on, say the same; to train another one on top of it, keep it "
                        + "(model.pretrained.adapter: keep)."
                );
        return new ContinuedAdapter(this, (AdapterMethod)tuning);

        static string Text(JsonNode? value) => value?.ToJsonString() ?? "not at all";
    }

    /// <inheritdoc/>
    public override void Save(string folder, string baseModel)
    {
        // A hub's model is named as PEFT does, which finds it on any machine.
        var pinned = HubRepository.OfSnapshot(baseModel);
        var config = new JsonObject
        {
            ["base_model_name_or_path"] = pinned?.Name ?? baseModel,
            ["task_type"] = Model.Head.TaskType(Model),
            ["inference_mode"] = true,
            ["modules_to_save"] = null,
        };
        if (pinned is not null)
            config["revision"] = pinned.Commit;
        // PEFT leaves the head to the program that reads the adapter; ours is told.
        if (Model.Head is TaskHead head)
            config["head"] = new JsonObject
            {
                ["kind"] = head.Name,
                ["labels"] = new JsonArray([.. Model.Config.Labels.Select(label => (JsonNode)label)]),
                ["problem_type"] = Model.Config.Problem,
            };
        foreach (var (name, value) in Describe())
            config[name] = value?.DeepClone();
        string[] saved = [.. Model.TaskWeights.Select(name => name.Split('.')[0]).Distinct(), .. Modules(whole).Select(m => m!.ToString())];
        if (saved.Length > 0)
            config["modules_to_save"] = new JsonArray([.. saved.Select(name => (JsonNode)name)]);
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        SafetensorsFile.Write(
            Path.Combine(folder, "adapter_model.safetensors"),
            stored.Select(t => KeyValuePair.Create(t.Key, t.Value())).Concat(Head.Select(t => KeyValuePair.Create(t.Key, (Tensor)t.Value)))
        );
        AtomicFile.WriteText(
            Path.Combine(folder, "adapter_config.json"),
            config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n"
        );
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        using (no_grad())
        using (NewDisposeScope())
            while (undo.TryPop(out var action))
                action();
        foreach (var tensor in added.Values.Concat(shared.Values).Concat(kept))
            tensor.Dispose();
        base.Dispose();
    }

    /// <summary>Runs a method over a model: its tensors are drawn, or read where there is a file.</summary>
    internal static Adapter Start(AdapterMethod method, LanguageModel model, int seed, AdapterFile? file)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        var adapter = new Adapter(method, model, seed, file);
        try
        {
            method.Add(adapter, adapter.weights);
            file?.Finish(adapter);
            return adapter;
        }
        catch
        {
            adapter.Dispose(); // What was put on before the error goes too: the model is as it was.
            throw;
        }
    }

    /// <summary>What <c>adapter_config.json</c> says of the method.</summary>
    internal JsonObject Describe()
    {
        var settings = StoredSettings.Write(method, weights);
        if (whole.Count > 0)
            settings["modules_to_save"] = Modules(whole);
        return settings;
    }

    /// <summary>Puts a weight that was trained whole in the place of a map's own, which stays: it may be another map's too.</summary>
    internal void PutWhole(LinearLayer map, Tensor weight)
    {
        var own = weights.Keep(weight.to(ScalarType.Float32).to(Model.Device, copy: true));
        Put(map, new WholeWeight(map.IsTransposed ? weights.Keep(own.t()) : own));
        Whole($"{map.Name}.weight", own);
    }

    /// <summary>Writes a weight that was trained whole over the model's own, until the adapter is taken off.</summary>
    internal void Replace(string name, Tensor weight)
    {
        Model.Widen(name);
        var (parameter, replaced) = (Model.Parameters[name], weights.Keep(Model.Parameters[name].clone()));
        parameter.copy_(weight);
        Model.Replaced.Add(replaced);
        undo.Push(() =>
        {
            if (Model.Replaced.Remove(replaced))
                parameter.copy_(replaced);
        });
        Whole(name, parameter);
    }

    internal void Train(string name, Parameter parameter, Func<Tensor, Tensor>? what)
    {
        if (!added.TryAdd(name, parameter))
            throw new MisfitException($"tuning: two parts train a tensor '{name}'; give each part its own sites.");
        if (what is not null)
            Store(name, () => what(parameter));
    }

    internal void Store(string name, Func<Tensor> value) => stored.Add(new(name, value));

    internal void Notice(string text) => notices.Add(text);

    internal Tensor? Shared(string name) => shared.GetValueOrDefault(name);

    internal void Share(string name, Tensor tensor, bool stores)
    {
        shared.Add(name, tensor);
        if (stores)
            Store(name, () => tensor);
    }

    internal Tensor Keep(Tensor tensor)
    {
        kept.Add(tensor);
        return tensor;
    }

    private void Whole(string name, Tensor weight)
    {
        whole.Add(name);
        Store(HeadPrefix + name, () => weight);
    }

    /// <summary>The modules of some weights, as PEFT calls them.</summary>
    private static JsonArray Modules(IEnumerable<string> names) => [.. names.Select(Module).Distinct().Select(name => (JsonNode)name)];

    private static string Module(string weight) => weight.Split('.') is [.., var module, _] ? module : weight;

    private void RefuseSecond()
    {
        if ((Model.SoftPrompt ?? Model.Prefix) is not null)
            throw new MisfitException("tuning: the model has virtual tokens already; it cannot have others besides.");
    }
}
