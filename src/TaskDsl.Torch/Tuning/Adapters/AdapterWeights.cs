using System.Text.Json.Nodes;
using TaskDsl.Torch.Draws;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>
/// Gives a method its tensors, as <see cref="LanguageModel"/> gets its weights: drawn where a run starts, read where an adapter's file
/// holds them. The adapter owns them. Names are PEFT's.
/// </summary>
public sealed class AdapterWeights
{
    private readonly Adapter adapter;
    private readonly AdapterFile? file;
    private readonly List<(AdapterMethod Method, AdapterWeights Weights)> parts = [];
    private string part = ""; // Before every name: of a part beside another one of its kind.
    private string module = "";
    private bool passing; // What is trained is not what is stored.

    internal AdapterWeights(Adapter adapter, int seed, AdapterFile? file) => (this.adapter, Seed, this.file) = (adapter, seed, file);

    /// <summary>The model that is tuned.</summary>
    public LanguageModel Model => adapter.Model;

    /// <summary>The seed of what is drawn.</summary>
    public int Seed { get; private set; }

    /// <summary>Whether the tensors come from a file.</summary>
    public bool AreRead => file is not null;

    /// <summary>The maps that a <see cref="LinearTuning"/> updates.</summary>
    public IReadOnlyList<LinearLayer> LinearLayers { get; internal set; } = [];

    /// <summary>The most numbers that go into one of the <see cref="LinearLayers"/>.</summary>
    public long WidestInput => LinearLayers.Max(map => map.Inputs);

    /// <summary>The most numbers that come out of one of the <see cref="LinearLayers"/>.</summary>
    public long WidestOutput => LinearLayers.Max(map => map.Outputs);

    /// <summary>What the parts of a combination put on.</summary>
    internal IReadOnlyList<(AdapterMethod Method, AdapterWeights Weights)> Parts => parts;

    /// <summary>The same, under the name of a module of the model.</summary>
    /// <param name="name">The module, <c>model.layers.0.self_attn.q_proj</c>.</param>
    public AdapterWeights At(string name)
    {
        var at = (AdapterWeights)MemberwiseClone();
        at.module = $"base_model.model.{name}.";
        return at;
    }

    /// <summary>A trained tensor.</summary>
    /// <param name="name">Its name, behind that of the module.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="start">What it begins with where nothing is read.</param>
    /// <param name="stored">What is stored of it. Default: itself.</param>
    /// <exception cref="Safetensors.SafetensorsException">The file lacks it, or has it in another shape.</exception>
    public Parameter Trained(string name, long[] shape, Func<Tensor> start, Func<Tensor, Tensor>? stored = null)
    {
        using var scope = NewDisposeScope();
        var value = file is null ? Drawn(shape, start) : Own(file.Read(part + module + name, shape));
        var parameter = new Parameter(value, requires_grad: !AreRead);
        parameter.DetachFromDisposeScope();
        adapter.Train(part + module + name, parameter, passing ? null : stored ?? (tensor => tensor));
        return parameter;
    }

    /// <summary>A trained vector that begins with one number everywhere.</summary>
    /// <param name="name">Its name, behind that of the module.</param>
    /// <param name="size">Its size.</param>
    /// <param name="start">The number.</param>
    public Parameter Trained(string name, long size, double start) => Trained(name, [size], () => full(size, start));

    /// <summary>
    /// A trained linear map that begins as PyTorch's do: weight <c>[out, in]</c> and bias <c>[out]</c> uniform in ± 1 / √in.
    /// </summary>
    /// <param name="name">Its name, behind that of the module.</param>
    /// <param name="output">The size of what comes out.</param>
    /// <param name="input">The size of what goes in.</param>
    /// <param name="drawn">What its numbers are drawn by, with the <see cref="Seed"/>.</param>
    public (Parameter Weight, Parameter Bias) Linear(string name, long output, long input, string drawn)
    {
        var draw = new Draw(Seed, Draw.Seed(drawn));
        var bound = 1 / Math.Sqrt(input);
        var weight = Trained($"{name}.weight", [output, input], () => tensor(draw.Uniform(output * input, bound), [output, input]));
        return (weight, Trained($"{name}.bias", [output], () => tensor(draw.Uniform(output, bound))));
    }

    /// <summary>A frozen tensor that all maps share: the same whoever asks for it first.</summary>
    /// <param name="name">Its name; it belongs to no module.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="start">What it is where nothing is read.</param>
    /// <param name="stored">Whether it is stored; otherwise it is made by <paramref name="start"/> each time.</param>
    public Tensor Shared(string name, long[] shape, Func<Tensor> start, bool stored = true)
    {
        name = $"{part}base_model.{name}";
        if (adapter.Shared(name) is { } known)
            return known;
        using var scope = NewDisposeScope();
        var tensor = stored && file is not null ? Own(file.Read(name, shape)) : Drawn(shape, start);
        adapter.Share(name, tensor, stored);
        return tensor.DetachFromDisposeScope();
    }

    /// <summary>
    /// What is computed from trained tensors and stored in their place, as PEFT does with networks that only help to train: read from a
    /// file, it is trained itself.
    /// </summary>
    /// <param name="name">Its name, behind that of the module.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="make">Makes the tensors, which are not stored, and gives what computes the result from them.</param>
    public Func<Tensor> Computed(string name, long[] shape, Func<AdapterWeights, Func<Tensor>> make)
    {
        if (AreRead)
        {
            var read = Trained(name, shape, () => zeros(shape));
            return () => read;
        }

        var inner = (AdapterWeights)MemberwiseClone();
        inner.passing = true;
        var result = make(inner);
        adapter.Store(part + module + name, result);
        return result;
    }

    /// <summary>
    /// Keeps a tensor, or a view of one, as long as the adapter, which does not store it. All else that a method makes on the way is freed.
    /// </summary>
    public Tensor Keep(Tensor tensor) => adapter.Keep(tensor.detach().DetachFromDisposeScope());

    /// <summary>The shape of a tensor in the file that is read; null = it has none of this name, or nothing is read.</summary>
    /// <param name="name">Its name, behind that of the module.</param>
    public IReadOnlyList<long>? ShapeInFile(string name) => file?.Shape(part + module + name);

    /// <summary>The file that is read, for messages.</summary>
    internal string Source => file!.Path;

    /// <summary>Whether the file that is read has tensors whose name, behind that of the module, begins so.</summary>
    internal bool Has(string beginning) => file!.Has(part + module + beginning);

    /// <summary>The same for a part of a combination.</summary>
    /// <param name="method">The part's method.</param>
    /// <param name="index">Where another part is of the same type: its number, which keeps their names and draws apart.</param>
    public AdapterWeights Part(AdapterMethod method, int? index)
    {
        var inner = new AdapterWeights(adapter, Seed + (index ?? 0), file) { part = part + (index is null ? "" : $"part{index}.") };
        parts.Add((method, inner));
        return inner;
    }

    /// <summary>The modules of some maps, as short as PEFT reads them back as the same.</summary>
    public JsonArray Targets(IEnumerable<LinearLayer> maps)
    {
        var wanted = maps.Select(map => map.Name).ToHashSet(StringComparer.Ordinal);
        var last = wanted.Select(name => name[(name.LastIndexOf('.') + 1)..]).Distinct().ToArray();
        var matched = Model
            .WeightNames.Where(name => name.EndsWith(".weight", StringComparison.Ordinal))
            .Select(name => name[..^".weight".Length])
            .Where(module => last.Any(l => module == l || module.EndsWith("." + l, StringComparison.Ordinal)));
        return new JsonArray([
            .. (wanted.SetEquals(matched) ? last : [.. wanted]).Order(StringComparer.Ordinal).Select(name => (JsonNode)name),
        ]);
    }

    private Tensor Drawn(long[] shape, Func<Tensor> start) =>
        Model.Device.type == DeviceType.META
            ? zeros(shape, device: Model.Device) // A model without numbers is tuned without numbers.
            : Own(start());

    // A copy: what is read is a view of the file, and what is drawn may be kept by the method too.
    private Tensor Own(Tensor value) => value.detach().to(ScalarType.Float32).to(Model.Device, copy: true);
}
