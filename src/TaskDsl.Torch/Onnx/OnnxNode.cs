using TaskDsl.HuggingFace;

namespace TaskDsl.Torch.Onnx;

/// <summary>One operation of a graph.</summary>
internal sealed record OnnxNode(string Type, string Domain, string Name, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs)
{
    /// <summary>The settings that are whole numbers, or lists of them.</summary>
    public required IReadOnlyDictionary<string, long[]> Integers { get; init; }

    /// <summary>The settings that are numbers.</summary>
    public required IReadOnlyDictionary<string, float> Numbers { get; init; }

    /// <summary>The settings that are texts.</summary>
    public required IReadOnlyDictionary<string, string> Texts { get; init; }

    /// <summary>The tensor that a <c>Constant</c> gives; null = it gives something else.</summary>
    public OnnxTensor? Value { get; init; }

    /// <summary>The operation with its domain, where it is none of ONNX's own, and its name.</summary>
    public string Title => $"{(Domain.Length == 0 ? "" : Domain + ".")}{Type}{(Name.Length == 0 ? "" : $" '{Name}'")}";

    /// <summary>A setting that is one whole number.</summary>
    public long Integer(string name, long otherwise) => Integers.TryGetValue(name, out var all) && all is [var one] ? one : otherwise;

    /// <summary>Reads a <c>NodeProto</c>.</summary>
    public static OnnxNode Read(ReadOnlySpan<byte> message, OnnxBytes file)
    {
        var (type, domain, name) = ("", "", "");
        var (inputs, outputs) = (new List<string>(), new List<string>());
        var (integers, numbers, texts) = (
            new Dictionary<string, long[]>(),
            new Dictionary<string, float>(),
            new Dictionary<string, string>()
        );
        OnnxTensor? value = null;
        var fields = new Protobuf(message);
        while (fields.Next())
            switch (fields.Field)
            {
                case 1:
                    inputs.Add(OnnxBytes.Text(fields.Bytes));
                    break;
                case 2:
                    outputs.Add(OnnxBytes.Text(fields.Bytes));
                    break;
                case 3:
                    name = OnnxBytes.Text(fields.Bytes);
                    break;
                case 4:
                    type = OnnxBytes.Text(fields.Bytes);
                    break;
                case 5:
                    ReadAttribute(fields.Bytes);
                    break;
                case 7 when !fields.Bytes.SequenceEqual("ai.onnx"u8):
                    domain = OnnxBytes.Text(fields.Bytes);
                    break;
            }

        return new(type, domain, name, inputs, outputs)
        {
            Integers = integers,
            Numbers = numbers,
            Texts = texts,
            Value = value,
        };

        void ReadAttribute(ReadOnlySpan<byte> attribute)
        {
            var (key, whole) = ("", new List<long>());
            float? number = null;
            string? text = null;
            var fields = new Protobuf(attribute);
            while (fields.Next())
                switch (fields.Field)
                {
                    case 1:
                        key = OnnxBytes.Text(fields.Bytes);
                        break;
                    case 2:
                        number = fields.Single;
                        break;
                    case 3 or 8:
                        whole.AddRange(fields.Numbers);
                        break;
                    case 4:
                        text = OnnxBytes.Text(fields.Bytes);
                        break;
                    case 5:
                        value = OnnxTensor.Read(fields.Bytes, file);
                        break;
                }

            if (number is { } given)
                numbers[key] = given;
            if (text is not null)
                texts[key] = text;
            integers[key] = [.. whole];
        }
    }
}
