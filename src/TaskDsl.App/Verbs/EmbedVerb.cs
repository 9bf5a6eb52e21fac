using System.CommandLine;
using System.Text;
using System.Text.Json;
using TaskDsl.App.Sessions;
using TaskDsl.Disk;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Sentences;

namespace TaskDsl.App.Verbs;

/// <summary><c>embed</c>: makes vectors of texts.</summary>
internal static class EmbedVerb
{
    // As many texts as are in memory together; a person who types gets each line's vector at once.
    private const int Together = 1024;

    public static Command Create(Session session)
    {
        var model = new Argument<string>("model")
        {
            Description = "The folder of a model, an adapter or a run, a run's name, or a package's word, as minilm.",
        };
        var input = new Argument<string>("file") { Description = "The texts, one a line; - is standard input." };
        var output = new Option<string?>("--out")
        {
            Description =
                "The file of the vectors: .jsonl (an object with text and vector a line) or .npy (float32, a row a text, for NumPy). "
                + "Default: standard output, as .jsonl.",
        };
        var field = new Option<string?>("--field")
        {
            Description = "Each line is a JSON object, and this field of it is the text. Default: the line itself is.",
        };
        var pooling = new Option<Pooling?>("--pooling")
        {
            Description = "How a text's states become one vector. Default: as the model's 1_Pooling/config.json says, else mean.",
        };
        var device = new DeviceOption();
        var command = new Verb(
            "embed",
            "Make a vector of each text. Near vectors are near in meaning, where the model was trained for that.",
            "{model} texts.txt --out vectors.jsonl",
            "{model} - --field text < {task}.jsonl --out vectors.npy"
        )
        {
            model,
            input,
            output,
            field,
            pooling,
            device,
        };
        command.SetAction(
            (parsed, cancellation) =>
                Task.Run(
                    () =>
                        Run(
                            session,
                            parsed.GetValue(model)!,
                            parsed.GetValue(input)!,
                            parsed.GetValue(output),
                            parsed.GetValue(field),
                            parsed.GetValue(pooling),
                            device.Of(parsed),
                            cancellation
                        ),
                    CancellationToken.None
                )
        );
        return command;
    }

    private static int Run(
        Session session,
        string named,
        string input,
        string? output,
        string? field,
        Pooling? pooling,
        TorchSharp.torch.Device device,
        CancellationToken cancellationToken
    )
    {
        var file = VectorFile.Of(output);
        var isStandard = input == "-";
        if (!isStandard && !File.Exists(input))
            throw new UserException($"there is no file '{input}' with texts; - is standard input.");
        using var model = SentenceModel.Open(ModelFolder.Find(session, named), device, pooling);
        session.Note(model.Notices);
        var place = isStandard ? "standard input" : input;
        using var reader = new StreamReader(
            isStandard ? Console.OpenStandardInput() : File.OpenRead(input),
            new UTF8Encoding(false, throwOnInvalidBytes: true)
        );
        var together = isStandard && !Console.IsInputRedirected ? 1 : Together;
        if (output is null)
            Write(null);
        else
            AtomicFile.Write(output, Write);
        if (model.Cut > 0)
            session.Note([$"{model.Cut} {(model.Cut == 1 ? "text was" : "texts were")} longer than the model reads, and cut."]);
        return ExitCode.Success;

        void Write(Stream? stream)
        {
            foreach (var texts in Lines(reader, place).Select((line, i) => Text(line, field, $"{place}({i + 1})")).Chunk(together))
            {
                using var lines = new MemoryStream();
                file.Write(stream ?? lines, texts, model.Embed(texts, cancellationToken));
                if (stream is null)
                    session.Console.Profile.Out.Writer.Write(Encoding.UTF8.GetString(lines.GetBuffer(), 0, (int)lines.Length));
            }

            if (stream is not null)
                file.End(stream, model.Size);
        }
    }

    private static string Text(string line, string? field, string place)
    {
        if (field is null)
            return line;
        try
        {
            using var json = JsonDocument.Parse(line);
            return
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty(field, out var value)
                && value.ValueKind == JsonValueKind.String
                ? value.GetString()!
                : throw new UserException($"{place}: an object with a text '{field}' was expected.");
        }
        catch (JsonException e)
        {
            throw new UserException($"{place} is no JSON: {e.Message}");
        }
    }

    private static IEnumerable<string> Lines(StreamReader reader, string place)
    {
        while (true)
        {
            string? line;
            try
            {
                line = reader.ReadLine();
            }
            catch (DecoderFallbackException)
            {
                throw new UserException($"{place} is no UTF-8 text.");
            }

            if (line is null)
                yield break;
            yield return line;
        }
    }
}
