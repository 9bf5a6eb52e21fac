using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>The input of a task that asks about another's examples.</summary>
public static class InputOfFields
{
    /// <summary>The input that has its fields from an example, input and output, by their names.</summary>
    /// <exception cref="RecordException">A field does not fit.</exception>
    public static object Of(DslTask asked, DslTask task, Example example)
    {
        ArgumentNullException.ThrowIfNull(asked);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(example);
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteExample(utf8, example.InputValue, example.OutputValue);
        var record = JsonNode.Parse(utf8.WrittenSpan)!.AsObject();
        foreach (var (name, _) in record.Where(field => asked.InputFields.All(own => own.Name != field.Key)).ToList())
            record.Remove(name);
        var json = Encoding.UTF8.GetBytes(record.ToJsonString(DefinitionJson.Options));
        var reader = RecordReader.Data(json, textValues: false, example.Language);
        return asked.ReadInput(ref reader);
    }
}
