using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using TaskDsl.App.Sessions;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Torch.Tuning;

namespace TaskDsl.App.Tests;

public sealed class InspectTests
{
    [Fact]
    public async Task A_model_is_described_and_found_ready()
    {
        using var folder = new TempFolder();
        ModelFolders.Write(folder.Path).Dispose();
        var (code, printed) = await Desk.RunAsync("inspect", folder.Path);
        Assert.True(code == ExitCode.Success, printed);
        foreach (
            var fact in (string[])
                [
                    "llama (LlamaForCausalLM)",
                    "2 layers, hidden size 32, 2 heads (1 for keys and values) of 16",
                    "tied to the embedding",
                    "64 tokens",
                    "decoder",
                    "F32",
                    "end of text",
                    "<|endoftext|> (0)",
                    "chat template",
                    "ready to use",
                ]
        )
            Assert.Contains(fact, printed, StringComparison.Ordinal);

        // Embedding 32 · vocabulary, in each layer queries 32 · 32, keys and values 2 · 32 · 16, output 32 · 32, three of 32 · 64 and two
        // norms, and the last norm.
        using var weights = SafetensorsFolder.Open(folder.Path);
        var vocabulary = weights.Check("model.embed_tokens.weight").Shape[0];
        Assert.Contains(
            (32 * vocabulary + 2 * (2 * 1024 + 2 * 512 + 3 * 2048 + 64) + 32).ToString(
                "N0",
                System.Globalization.CultureInfo.InvariantCulture
            ),
            printed,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_run_is_its_best_and_shards_are_one_model()
    {
        using var folder = new TempFolder();
        using (var model = ModelFolders.Write(folder.In("best")))
            model.Model.Save(folder.In("best"), shardBytes: 30_000);
        File.WriteAllText(folder.In("run.json"), "{}");
        var (code, printed) = await Desk.RunAsync("inspect", folder.Path);
        Assert.True(code == ExitCode.Success, printed);
        var shards = Directory
            .GetFiles(folder.In("best"), "model-*.safetensors")
            .Select(Path.GetFileName)
            .Order(StringComparer.Ordinal)
            .ToList();
        Assert.InRange(shards.Count, 2, 8);
        Assert.Matches($@"weight files +{shards.Count} \([0-9.]+ kB\): {string.Join(", ", shards)}", printed);

        ModelFolders.Edit(folder.In("best", "config.json"), ("dtype", "bfloat16"), ("eos_token_id", 999));
        (code, printed) = await Desk.RunAsync("inspect", folder.Path);
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains("odd: config.json names the dtype bfloat16, but most weights are F32", printed, StringComparison.Ordinal);
        Assert.Contains("odd: eos_token_id is 999", printed, StringComparison.Ordinal);

        File.Delete(folder.In("best", shards[1]!));
        await Refused(folder.Path, $"is said to be in '{shards[1]}', which is not there");
    }

    [Fact]
    public async Task A_chat_template_is_named_and_one_that_cannot_be_used_is_odd()
    {
        using var folder = new TempFolder();
        ModelFolders.Write(folder.Path).Dispose();
        await File.WriteAllTextAsync(
            folder.In("chat_template.jinja"),
            "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"
        );
        var (code, printed) = await Desk.RunAsync("inspect", folder.Path);
        Assert.True(code == ExitCode.Success, printed);
        Assert.Matches("chat template +yes", printed);
        Assert.DoesNotContain("odd:", printed, StringComparison.Ordinal);

        await File.WriteAllTextAsync(folder.In("chat_template.jinja"), "{% for m in messages %}");
        (code, printed) = await Desk.RunAsync("inspect", folder.Path);
        Assert.Equal(ExitCode.Success, code);
        Assert.Matches("odd:.*chat template", printed);
    }

    [Theory]
    [InlineData("model_type", "\"spiral\"", "'spiral' is not known; expected one of ")]
    [InlineData("model_type", "5", "model_type is 5; expected a text")]
    [InlineData("hidden_size", "null", "lacks hidden_size")]
    [InlineData("hidden_act", "\"snake\"", "snake")]
    [InlineData("rope_scaling", "{\"rope_type\": \"spiral\", \"factor\": 2}", "spiral")]
    [InlineData("dtype", "\"float8\"", "float8")]
    [InlineData("num_hidden_layers", "3", "lacks 9 tensors (model.layers.2.input_layernorm.weight,")]
    [InlineData("num_hidden_layers", "100000000", "asks for far more")]
    [InlineData("num_hidden_layers", "1", "has 9 tensors (model.layers.1.input_layernorm.weight, model.layers.1.mlp.down_proj.weight,")]
    [InlineData("vocab_size", "4", "tensor 'model.embed_tokens.weight' has the shape")]
    [InlineData("vocab_size", "1", "they do not belong together")]
    [InlineData("intermediate_size", "63", "tensor 'model.layers.0.mlp.gate_proj.weight' has the shape [64, 32]; expected [63, 32]")]
    [InlineData("tie_word_embeddings", "false", "lacks 1 tensor (lm_head.weight)")]
    [InlineData("quantization_config", "{\"bits\": 4}", "quantised")]
    public async Task What_is_not_supported_is_said(string setting, string value, string expected)
    {
        using var folder = new TempFolder();
        ModelFolders.Write(folder.Path).Dispose();
        ModelFolders.Edit(folder.In("config.json"), (setting, JsonNode.Parse(value)));
        await Refused(folder.Path, expected);
    }

    [Theory]
    [InlineData("config.json", null, "has no config.json")]
    [InlineData("config.json", "null", "is no config.json")]
    [InlineData("config.json", "[1]", "is no config.json")]
    [InlineData("config.json", "{", "is no config.json")]
    [InlineData("config.json", "", "is no config.json")]
    [InlineData("model.safetensors", null, "has neither model.safetensors nor")]
    [InlineData("model.safetensors", "", "is 0 bytes long")]
    [InlineData("model.safetensors", "no weights at all", "no safetensors file")]
    [InlineData("tokenizer.json", null, "tokenizer.json")]
    [InlineData("tokenizer.json", "{}", "tokenizer.json")]
    [InlineData("tokenizer_config.json", "[]", "tokenizer_config.json")]
    public async Task A_missing_or_broken_file_is_named(string file, string? text, string expected)
    {
        using var folder = new TempFolder();
        ModelFolders.Write(folder.Path).Dispose();
        File.Delete(folder.In(file));
        if (text is not null)
            await File.WriteAllTextAsync(folder.In(file), text);
        await Refused(folder.Path, expected);
    }

    [Fact]
    public async Task A_pickle_is_not_read_but_explained()
    {
        using var folder = new TempFolder();
        ModelFolders.Write(folder.Path).Dispose();
        File.Move(folder.In("model.safetensors"), folder.In("pytorch_model.bin"));
        await Refused(folder.Path, "is a pickle");
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once()
    {
        using var folder = new TempFolder();
        ModelFolders.Write(folder.Path).Dispose();
        File.Delete(folder.In("config.json"));
        File.Delete(folder.In("tokenizer.json"));
        var printed = await Refused(folder.Path, "config.json");
        Assert.Contains("tokenizer.json", printed, StringComparison.Ordinal);
        Assert.Matches("stored as +F32", printed);
    }

    [Fact]
    public async Task Weights_are_not_read()
    {
        // 28 GB that take no room on the disk and could not be read into this memory.
        using var folder = new TempFolder();
        ModelFolders.Write(folder.Path).Dispose();
        const int vocabulary = 1 << 20,
            hidden = 6800;
        ModelFolders.Edit(folder.In("config.json"), ("vocab_size", vocabulary), ("hidden_size", hidden), ("head_dim", 16));
        Dictionary<string, long[]> shapes;
        using (var file = SafetensorsFile.Open(folder.In("model.safetensors")))
            shapes = file.Tensors.ToDictionary(
                t => t.Key,
                t =>
                    (long[])
                        [
                            .. t.Value.Shape.Select(
                                (size, i) =>
                                    t.Key == "model.embed_tokens.weight" && i == 0 ? vocabulary
                                    : size == 32
                                    && !(
                                        t.Key.Contains("_proj", StringComparison.Ordinal)
                                        && t.Key.Contains("self_attn", StringComparison.Ordinal)
                                        && i == (t.Key.Contains("o_proj", StringComparison.Ordinal) ? 1 : 0)
                                    )
                                        ? hidden
                                    : size
                            ),
                        ]
            );
        var header = new JsonObject();
        long end = 0;
        foreach (var (name, shape) in shapes)
        {
            var begin = end;
            end += 4 * shape.Aggregate(1L, (a, b) => a * b);
            header[name] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([.. shape.Select(s => (JsonNode)s)]),
                ["data_offsets"] = new JsonArray(begin, end),
            };
        }

        var json = Encoding.UTF8.GetBytes(header.ToJsonString());
        using (var stream = File.Create(folder.In("model.safetensors")))
        {
            var length = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
            stream.Write(length);
            stream.Write(json);
            stream.SetLength(8 + json.Length + end);
        }

        var (code, printed) = await Desk.RunAsync("inspect", folder.Path);
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains("weights 28.5 GB in float32", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_adapter_is_described_with_its_model()
    {
        using var folder = new TempFolder();
        using (var model = ModelFolders.Write(folder.In("base")))
        {
            ModelFolders.Adapt(
                model,
                new Lora
                {
                    Rank = 4,
                    Sites = [Site.Query, Site.Value],
                    Dora = true,
                },
                folder.In("lora"),
                "base"
            );
            ModelFolders.Adapt(model, new PrefixTuning { VirtualTokens = 3 }, folder.In("prefix"), "base");
            ModelFolders.Adapt(model, new Mam { VirtualTokens = 3, Size = 8 }, folder.In("mam"), "base");
        }

        var (code, printed) = await Desk.RunAsync("inspect", folder.In("lora"));
        Assert.True(code == ExitCode.Success, printed);
        // Rank 4 for two maps in two layers: 4 · (32 + 32) + 32 and 4 · (32 + 16) + 16.
        foreach (
            var fact in (string[])
                [
                    "LORA",
                    "r 4",
                    "use_dora true",
                    "target_modules q_proj v_proj",
                    "992 numbers",
                    "4 linear maps: query, value",
                    "possible",
                    "ready to use",
                ]
        )
            Assert.Contains(fact, printed, StringComparison.Ordinal);
        (code, printed) = await Desk.RunAsync("inspect", folder.In("prefix"));
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains("cannot be folded", printed, StringComparison.Ordinal);
        (code, printed) = await Desk.RunAsync("inspect", folder.In("mam"));
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains("2 parts of layers", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_adapter_is_told()
    {
        using var folder = new TempFolder();
        using (var model = ModelFolders.Write(folder.In("base")))
            ModelFolders.Adapt(model, new Lora { Rank = 4 }, folder.In("lora"), "base");
        var config = folder.In("lora", "adapter_config.json");
        var was = await File.ReadAllTextAsync(config);
        foreach (
            var (name, value, expected) in new (string, JsonNode?, string)[]
            {
                ("r", 5, "expected [5, 32]"),
                ("r", null, "lacks r"),
                ("peft_type", "SPIRAL", "'SPIRAL' are not supported; expected one of "),
                ("peft_type", null, "peft_type"),
                ("base_model_name_or_path", "gone", "'gone'"),
                ("layer_replication", new JsonArray(1, 2), "'layer_replication' (layers used twice) is not supported"),
            }
        )
        {
            await File.WriteAllTextAsync(config, was);
            ModelFolders.Edit(config, (name, value));
            await Refused(folder.In("lora"), expected);
        }

        await File.WriteAllTextAsync(config, "[]");
        await Refused(folder.In("lora"), "is no adapter configuration");
        await File.WriteAllTextAsync(config, was);
        File.Delete(folder.In("lora", "adapter_model.safetensors"));
        await Refused(folder.In("lora"), "adapter_model.safetensors");
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_a_mistake()
    {
        var (code, printed) = await Desk.RunAsync("inspect", "no/such/model");
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("'no/such/model' is neither", printed, StringComparison.Ordinal);
    }

    private static async Task<string> Refused(string folder, string expected)
    {
        var (code, printed) = await Desk.RunAsync("inspect", folder);
        Assert.True(code == ExitCode.Mistake, printed);
        Assert.Contains(expected, printed.ReplaceLineEndings("").Replace("  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("ready to use", printed, StringComparison.Ordinal);
        return printed;
    }
}
