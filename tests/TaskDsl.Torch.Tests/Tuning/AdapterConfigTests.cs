using System.Text.Json.Nodes;
using CsCheck;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Torch.Tests.Training;
using TaskDsl.Torch.Tuning.Adapters;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

public sealed class AdapterConfigTests : TorchTest
{
    private static readonly string[] Lies =
    [
        "null",
        "0",
        "-1",
        "1",
        "5",
        "2147483647",
        "9223372036854775807",
        "1e300",
        "1e999",
        "0.5",
        "true",
        "false",
        "\"\"",
        "\"LORA\"",
        "\"IA3\"",
        "\"PREFIX_TUNING\"",
        "\"BOTTLENECK\"",
        "\"COMBINED\"",
        "[]",
        "[1]",
        "[{}]",
        "[{\"peft_type\": \"LORA\"}]",
        "{}",
        "{\"kind\": 3}",
    ];

    /// <summary>
    /// A tensor that is not there, too much or of another shape is named, wherever it stands, and the model is as it was.
    /// </summary>
    [Theory, MemberData(nameof(GoldenTrainingTests.AdapterRuns), MemberType = typeof(GoldenTrainingTests))]
    public void A_tensor_that_does_not_fit_leaves_the_model_alone(string model, string method)
    {
        using var run = new GoldenRun(model, method);
        using var folder = new TempFolder();
        File.Copy(Path.Combine(run.Folder, "adapter_config.json"), folder.File("adapter_config.json"));
        var tensors = new Dictionary<string, Tensor>();
        using (var file = SafetensorsFile.Open(Path.Combine(run.Folder, "adapter_model.safetensors")))
            foreach (var name in file.Tensors.Keys)
                tensors[name] = file.Read(name).clone();
        // A site that has no update at all is one that was not tuned.
        var last = tensors.Keys.Where(name => !name.Contains("classifier", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Last();
        foreach (var tensor in (Tensor?[])[null, ones(3, 1, 2)])
        {
            if (tensor is null && (method == "ia3" || !last.Contains("lora", StringComparison.Ordinal)))
                continue;
            Assert.Equal(last, Refused(tensors.Where(t => t.Key != last).Concat(tensor is null ? [] : [new(last, tensor)])).Tensor);
        }

        Assert.Equal("base_model.model.more", Refused(tensors.Append(new("base_model.model.more", ones(1)))).Tensor);

        SafetensorsException Refused(IEnumerable<KeyValuePair<string, Tensor>> stored)
        {
            SafetensorsFile.Write(folder.File("adapter_model.safetensors"), stored);
            var thrown = Assert.Throws<SafetensorsException>(() => AdapterFolder.Load(run.Model, folder.Path));
            Untouched(run.Model);
            return thrown;
        }
    }

    /// <summary>Whatever an adapter_config.json says: it is read, or its error says what is wrong, and the model is as it was.</summary>
    [Theory, MemberData(nameof(GoldenTrainingTests.AdapterRuns), MemberType = typeof(GoldenTrainingTests))]
    public void No_setting_breaks_it(string model, string method)
    {
        using var run = new GoldenRun(model, method);
        using var folder = new TempFolder();
        File.Copy(Path.Combine(run.Folder, "adapter_model.safetensors"), folder.File("adapter_model.safetensors"));
        var good = JsonNode.Parse(File.ReadAllText(Path.Combine(run.Folder, "adapter_config.json")))!.AsObject();
        string[] settings = [.. good.Select(p => p.Key), "place", "size", "scale", "parts", "head"];
        using var outline = ModelOutline.Read(Path.Combine(run.Folder, "..", ".."));
        Gen.Select(Gen.Int[0, settings.Length - 1], Gen.Int[0, Lies.Length - 1])
            .Array[1, 3]
            .Sample(
                changes =>
                {
                    var json = good.DeepClone().AsObject();
                    foreach (var (setting, lie) in changes)
                        json[settings[setting]] = JsonNode.Parse(Lies[lie]);
                    File.WriteAllText(folder.File("adapter_config.json"), json.ToJsonString());
                    using var scope = NewDisposeScope();
                    try
                    {
                        AdapterFolder.Load(outline.Model!, folder.Path).Dispose();
                    }
                    catch (Exception e) when (e is ModelException or IOException or MisfitException)
                    {
                        // Refused in words; anything else fails the test.
                        Assert.DoesNotContain("frame #", e.Message, StringComparison.Ordinal);
                    }

                    Untouched(outline.Model!);
                },
                iter: 200,
                threads: 1
            );
    }

    private static void Untouched(LanguageModel model)
    {
        Assert.All(model.LinearLayers, layer => Assert.Empty(layer.Updates));
        Assert.All(model.Sublayers, part => Assert.Empty(part.Updates));
        Assert.Null(model.Prefix);
        Assert.Null(model.SoftPrompt);
    }
}
