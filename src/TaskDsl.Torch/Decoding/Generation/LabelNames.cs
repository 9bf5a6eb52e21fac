using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Tasks;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>What the labels of a task's only output are written as: the task says so of outputs alone.</summary>
public static class LabelNames
{
    /// <summary>The labels' surfaces in a language, in their order.</summary>
    /// <param name="task">The task, whose only output is a label or labels.</param>
    /// <param name="input">Any input of it.</param>
    /// <param name="language">The language tag.</param>
    public static string[] Of(DslTask task, object input, string language)
    {
        ArgumentNullException.ThrowIfNull(task);
        var field = task.OutputFields[0];
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteInput(utf8, input);
        var record = JsonNode.Parse(utf8.WrittenSpan)!.AsObject();
        return [.. field.Labels.Select(Name)];

        string Name(string key)
        {
            record[field.Name] = field.Type == "label" ? key : new JsonArray(key);
            var reader = new RecordReader(JsonSerializer.SerializeToUtf8Bytes(record), null, textValues: false, language);
            var output = task.ReadExample(ref reader, language).OutputValue;
            utf8.ResetWrittenCount();
            task.WriteOutput(utf8, input, output, language);
            return Encoding.UTF8.GetString(utf8.WrittenSpan);
        }
    }
}
