using System.Text.Json.Nodes;
using CsCheck;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models;

public sealed class ModelOutlineTests : TorchTest
{
    private static readonly string[] Lies =
    [
        "null",
        "0",
        "-1",
        "1",
        "2",
        "3",
        "64",
        "1000000",
        "268435456",
        "2147483647",
        "9223372036854775807",
        "1e300",
        "1e999",
        "0.5",
        "-0.0",
        "true",
        "false",
        "\"\"",
        "\"relu\"",
        "\"default\"",
        "[]",
        "[1]",
        "[null]",
        "{}",
        "{\"rope_type\": \"linear\", \"factor\": 0}",
        "{\"rope_type\": \"yarn\"}",
        "{\"0\": 3}",
    ];

    [Theory, MemberData(nameof(GoldenModel.Names), MemberType = typeof(GoldenModel))]
    public void Says_what_a_loaded_model_has(string name)
    {
        using var model = new GoldenModel(name);
        using var outline = ModelOutline.Read(model.Folder);
        Assert.Empty(outline.Problems);
        Assert.Empty(outline.Oddities);
        Assert.Equal(model.Model.GetType(), outline.Model!.GetType());
        Assert.Equal(
            model.Model.Parameters.Select(p => (p.Key, string.Join(' ', p.Value.shape))),
            outline.Model.Parameters.Select(p => (p.Key, string.Join(' ', p.Value.shape)))
        );
        Assert.Equal(model.Model.Parameters.Values.Sum(p => p.numel()), outline.Parameters);
        Assert.Equal(
            Directory.GetFiles(model.Folder, "model*.safetensors").Sum(f => new FileInfo(f).Length),
            outline.Files.Sum(f => f.Bytes)
        );
    }

    [Fact]
    public void An_adapter_brings_its_head()
    {
        using var folder = new TempFolder();
        using var golden = new GoldenModel("bert_mlm");
        using (var model = LanguageModel.Load(golden.Folder, new HeadRequest(new TokenClassificationHead(), ["a", "b", "c"]), 1))
        using (var tuned = new Lora { Rank = 2 }.Start(model, 1))
            tuned.Save(folder.Path, golden.Folder);
        using var outline = ModelOutline.ReadBase(folder.Path);
        Assert.Empty(outline.Problems);
        Assert.Equal(new TokenClassificationHead(), outline.Model!.Head);
        using var adapter = AdapterFolder.Load(outline.Model, folder.Path);
        Assert.Contains(adapter.Trained.Keys, name => name.EndsWith("classifier.weight", StringComparison.Ordinal));
    }

    /// <summary>Whatever a config.json says, the folder is described, and loading it either works or says what is wrong.</summary>
    [Theory]
    [
        InlineData("llama_rope_llama3"),
        InlineData("phi3_longrope"),
        InlineData("gpt2"),
        InlineData("bloom"),
        InlineData("opt_postln_proj"),
        InlineData("gemma2"),
        InlineData("bert_seqcls"),
        InlineData("electra_generator"),
        InlineData("t5_v1_1"),
        InlineData("bart")
    ]
    public void No_setting_breaks_it(string name)
    {
        using var folder = new TempFolder();
        var source = Path.Combine(AppContext.BaseDirectory, "Golden", name);
        File.Copy(Path.Combine(source, "model.safetensors"), folder.File("model.safetensors"));
        var good = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "config.json")))!.AsObject();
        // What may matter: everything but the settings of how transformers writes texts.
        string[] settings =
        [
            .. good.Select(p => p.Key)
                .Where(key => !key.Contains("beam", StringComparison.Ordinal) && !key.Contains("penalty", StringComparison.Ordinal)),
        ];
        Gen.Select(Gen.Int[0, settings.Length - 1], Gen.Int[0, Lies.Length - 1])
            .Array[1, 3]
            .Sample(
                changes =>
                {
                    var json = good.ToJsonString();
                    foreach (var (setting, lie) in changes)
                    {
                        var changed = JsonNode.Parse(json)!.AsObject();
                        changed[settings[setting]] = "THE-LIE";
                        json = changed.ToJsonString().Replace("\"THE-LIE\"", Lies[lie], StringComparison.Ordinal);
                    }

                    File.WriteAllText(folder.File("config.json"), json);
                    using var scope = NewDisposeScope();
                    using var outline = ModelOutline.Read(folder.Path);
                    Assert.All(outline.Problems, problem => Assert.DoesNotContain("frame #", problem, StringComparison.Ordinal));
                    if (outline.Problems.Count == 0)
                        LanguageModel.Load(folder.Path).Dispose();
                    else
                        Assert.True(Record.Exception(() => LanguageModel.Load(folder.Path)) is ModelException or SafetensorsException);
                },
                iter: 150,
                threads: 1
            );
    }
}
