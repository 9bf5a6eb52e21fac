using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Models;

namespace TaskDsl.Torch.Tests.Training;

internal static class LargeModel
{
    /// <summary>A folder of 53 billion weights in bfloat16: a header, and a hole in the disk.</summary>
    public static void Write(string folder, string tokenizer)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(tokenizer).Where(f => !f.EndsWith(".safetensors", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var config = ModelConfig
            .Load(folder)
            .With(
                KeyValuePair.Create<string, JsonNode?>("hidden_size", 8192),
                KeyValuePair.Create<string, JsonNode?>("num_hidden_layers", 64),
                KeyValuePair.Create<string, JsonNode?>("num_attention_heads", 64),
                KeyValuePair.Create<string, JsonNode?>("num_key_value_heads", 8),
                KeyValuePair.Create<string, JsonNode?>("head_dim", 128),
                KeyValuePair.Create<string, JsonNode?>("intermediate_size", 28672),
                KeyValuePair.Create<string, JsonNode?>("dtype", "bfloat16")
            );
        config.Save(folder);
        using var onMeta = LanguageModel.OnMeta(config);
        var (json, at) = (new JsonObject(), 0L);
        foreach (var (name, parameter) in onMeta.Parameters)
        {
            json[name] = new JsonObject
            {
                ["dtype"] = "BF16",
                ["shape"] = new JsonArray([.. parameter.shape.Select(s => (JsonNode)s)]),
                ["data_offsets"] = new JsonArray(at, at + 2 * parameter.numel()),
            };
            at += 2 * parameter.numel();
        }

        var header = Encoding.UTF8.GetBytes(json.ToJsonString());
        using var stream = File.Create(Path.Combine(folder, "model.safetensors"));
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        stream.SetLength(8 + header.Length + at);
    }
}
