using Microsoft.CodeAnalysis;
using TaskDsl.Architecture;

namespace TaskDsl.App.Tests;

/// <summary>
/// What a GPU would show, read in the sources: tensors that are made beside their model's device, and places that wait for it. A new one
/// is a decision, and is written down here.
/// </summary>
public sealed class DevicePlacesTests
{
    /// <summary>Tensors of the CPU, each for a reason.</summary>
    private static readonly string[] OnTheHost =
    [
        // Scores that are brought to the host as a whole.
        "Decoding/Generation/HeadAnswers.cs: tensor",
        // New weights are drawn by the CPU's generator, the same on each machine, and moved to the model's device when they are kept.
        "Models/LanguageModel.cs: ones",
        "Models/LanguageModel.cs: randn",
        "Models/LanguageModel.cs: zeros, 2 times",
        "Tuning/Adapters/AdapterWeights.cs: full",
        "Tuning/Adapters/AdapterWeights.cs: tensor, 2 times",
        "Tuning/Adapters/AdapterWeights.cs: zeros",
        "Tuning/Adapters/VirtualTokenTuning.cs: tensor",
        "Tuning/Bottleneck.cs: zeros",
        "Tuning/Ia3.cs: ones",
        "Tuning/Lora.cs: tensor, 2 times",
        "Tuning/Lora.cs: zeros, 2 times",
        "Tuning/Vera.cs: empty",
        // Angles as the reference rounds them, moved to the device when the table is kept.
        "Models/Positions/Rotary.cs: arange",
        "Models/Positions/Rotary.cs: tensor",
        // Losses of a few numbers in float64, whose slopes weigh what is computed on the device.
        "Objectives/Dpo.cs: tensor, 3 times",
        "Objectives/Losses/SequenceScores.cs: tensor, 2 times",
        "Objectives/Ranking.cs: tensor",
        "Objectives/Ranking.cs: zeros, 2 times",
    ];

    /// <summary>Where the host reads a tensor's numbers: on a GPU each waits for all that was asked of it before.</summary>
    private static readonly string[] Waiting =
    [
        // Once for each written token, or for each batch of answers.
        "Decoding/Generation/HeadAnswers.cs: cpu",
        "Decoding/Generation/NearestAnswers.cs: data", // Texts' vectors lie on the processor.
        "Decoding/Generation/SentLogits.cs: cpu, 2 times",
        "Exporting/HuggingFaceFormat.cs: ToBoolean", // Once, behind an export.
        "Exporting/HuggingFaceFormat.cs: ToSingle",
        "Exporting/PeftFormat.cs: ToBoolean",
        "Gguf/GgufAdapter.cs: cpu, 2 times", // A file is written from the host.
        "Gguf/GgufModel.cs: cpu",
        "Models/FiniteScores.cs: item, 2 times",
        "Models/Heads/SequenceClassificationHead.cs: ToArray",
        "Models/Heads/SequenceClassificationHead.cs: ToDouble, 3 times",
        "Models/Heads/SequenceClassificationHead.cs: data, 4 times",
        "Models/Heads/SequenceClassificationHead.cs: item",
        "Models/Heads/TokenClassificationHead.cs: ToArray",
        "Models/Heads/TokenClassificationHead.cs: ToDouble",
        "Models/Heads/TokenClassificationHead.cs: data",
        // Once a map, when it is put into codes.
        "Models/LanguageModel.Quantised.cs: item",
        // Once a forward pass, where positions are given.
        "Models/Positions/Reach.cs: item",
        // Once a micro-batch: its loss, and the scores of answers that are compared.
        "Objectives/Dpo.cs: ToArray",
        "Objectives/Dpo.cs: data",
        "Objectives/Losses/HeadLoss.cs: ToArray",
        "Objectives/Losses/HeadLoss.cs: cpu",
        "Objectives/Losses/HeadLoss.cs: data",
        "Objectives/Losses/LossTotal.cs: ToDouble",
        "Objectives/Losses/SequenceScores.cs: ToArray",
        "Objectives/Losses/SequenceScores.cs: data",
        // Once a step: the norm.
        "Optimizers/Steps/FlatParameters.cs: ToDouble",
        // A random state is the CPU's.
        "Native/RandomState.cs: ToArray",
        "Native/RandomState.cs: ToInt64",
        "Native/RandomState.cs: data",
        // Files, and a rehearsal, whose time is wanted.
        "Onnx/OnnxTensor.cs: item",
        "Safetensors/SafetensorsFile.cs: cpu",
        "Training/Trainer.Rehearsal.cs: ToDouble",
        // Once for each batch of texts that become vectors.
        "Sentences/Embedder.cs: cpu",
        "Tuning/Adapters/AdapterFile.cs: ToSingle, 2 times",
        "Tuning/Adapters/AdapterFile.cs: cpu",
    ];

    /// <summary>Where a step's numbers go from the host to the device by a copy that waits for it.</summary>
    private static readonly string[] Copying =
    [
        // Tables, when a model is opened or its rows grow longer.
        "Models/Positions/PositionScheme.cs: tensor, 2 times",
        // One number for each micro-batch of a sum of objectives.
        "Objectives/Losses/LossTotal.cs: tensor",
    ];

    /// <summary>Where tensors meet those of a model.</summary>
    private static readonly string[] Rooms = ["Models", "Tuning", "Objectives", "Decoding", "Optimizers", "Training"];

    /// <summary>What brings a tensor's numbers to the host.</summary>
    private static readonly HashSet<string> Reads =
    [
        "item",
        "cpu",
        "data",
        "tolist",
        "ToArray",
        "ToDouble",
        "ToSingle",
        "ToHalf",
        "ToInt32",
        "ToInt64",
        "ToByte",
        "ToBoolean",
        "ToScalar",
    ];

    private static readonly House Torch = new("TaskDsl.Torch", House.Read(Path.Combine(Desk.Repository, "src", "TaskDsl.Torch")));

    [Fact]
    public void Tensors_are_made_on_a_device_that_is_named()
    {
        var found = Torch
            .Calls((file, name) => Rooms.Contains(file.Split('/')[0]) && !name.EndsWith("_like", StringComparison.Ordinal))
            .Where(c => IsOfTorch(c.Method) && c.Method is { IsStatic: true, ReturnType.Name: "Tensor" })
            .Where(c => c.Method.Parameters.FirstOrDefault(p => p.Type.Name == "Device") is { } device && !IsGiven(c, device))
            .Select(c => $"{c.File}: {c.Method.Name}");
        Same(OnTheHost, found, "is made without a device: name its model's, or write down here why it is the CPU's");
    }

    [Fact]
    public void Numbers_of_the_host_are_copied_where_nobody_waits()
    {
        var found = Torch
            .Calls((file, name) => name == "tensor" && file.Split('/')[0] is "Batches" or "Models" or "Objectives")
            .Where(c => IsOfTorch(c.Method) && c.Method is { IsStatic: true, ReturnType.Name: "Tensor" })
            .Where(c => c.Method.Parameters.FirstOrDefault(p => p.Type.Name == "Device") is { } device && IsGiven(c, device))
            .Select(c => $"{c.File}: {c.Method.Name}");
        Same(Copying, found, "copies to a device, for which a GPU must be waited for: use FromHost, or write it down here");
    }

    [Fact]
    public void Places_that_wait_for_the_device_are_known()
    {
        var found = Torch
            .Calls((_, name) => Reads.Contains(name))
            .Where(c => IsOfTorch(c.Method.ReducedFrom ?? c.Method))
            .Select(c => $"{c.File}: {c.Method.Name}");
        Same(Waiting, found, "reads numbers of a tensor, for which a GPU must be waited for: do without, or write it down here");
    }

    private static bool IsOfTorch(IMethodSymbol method) => method.ContainingAssembly?.Name == "TorchSharp";

    private static bool IsGiven(
        (string File, Microsoft.CodeAnalysis.CSharp.Syntax.InvocationExpressionSyntax Call, IMethodSymbol Method) call,
        IParameterSymbol device
    )
    {
        var arguments = call.Call.ArgumentList.Arguments;
        return arguments.Any(a => a.NameColon?.Name.Identifier.Text == device.Name)
            || (!device.IsParams && arguments.TakeWhile(a => a.NameColon is null).Count() > device.Ordinal);
    }

    private static void Same(IEnumerable<string> known, IEnumerable<string> found, string what)
    {
        var (expected, actual) = (known.Order(StringComparer.Ordinal).ToList(), Counted(found));
        Assert.True(
            expected.SequenceEqual(actual),
            $"{string.Join("\n", actual.Except(expected).Select(f => $"{f} {what}."))}\n"
                + $"{string.Join("\n", expected.Except(actual).Select(f => $"{f} is no longer there: take it off the list."))}"
        );
    }

    private static List<string> Counted(IEnumerable<string> found) =>
        [.. found.CountBy(f => f).Select(f => f.Value == 1 ? f.Key : $"{f.Key}, {f.Value} times").Order(StringComparer.Ordinal)];
}
