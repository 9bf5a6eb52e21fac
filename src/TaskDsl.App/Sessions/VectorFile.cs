using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Sessions;

/// <summary>Vectors as they are made, written as a file's name says: JSON Lines with text and vector, or NumPy's array.</summary>
internal abstract class VectorFile
{
    /// <summary>The way to write a file of a name; null = standard output, JSON Lines.</summary>
    /// <exception cref="UserException">The name ends in something else.</exception>
    public static VectorFile Of(string? path) =>
        Path.GetExtension(path) switch
        {
            null or ".jsonl" => new JsonLines(),
            ".npy" => new Numpy(),
            var other => throw new UserException(
                $"--out: vectors are written as .jsonl (text and vector a line) or .npy (float32, a row a text), not as '{other}'."
            ),
        };

    /// <summary>Writes the next vectors.</summary>
    public abstract void Write(Stream stream, IReadOnlyList<string> texts, float[][] vectors);

    /// <summary>Ends the file.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="size">How many numbers a vector has.</param>
    public virtual void End(Stream stream, int size) { }

    private sealed class JsonLines : VectorFile
    {
        public override void Write(Stream stream, IReadOnlyList<string> texts, float[][] vectors)
        {
            foreach (var (text, vector) in texts.Zip(vectors))
            {
                using (
                    var json = new Utf8JsonWriter(
                        stream,
                        new JsonWriterOptions { Encoder = DefinitionJson.Options.Encoder, SkipValidation = true }
                    )
                )
                {
                    json.WriteStartObject();
                    json.WriteString("text", text);
                    json.WriteStartArray("vector");
                    foreach (var number in vector)
                        json.WriteNumberValue(number);
                    json.WriteEndArray();
                    json.WriteEndObject();
                }

                stream.Write("\n"u8);
            }
        }
    }

    /// <summary>NumPy's format 1.0 (numpy.lib.format): the header has room for any number of rows, and is written last.</summary>
    private sealed class Numpy : VectorFile
    {
        private const int HeaderLength = 128;

        private static readonly byte[] Start = [0x93, .. "NUMPY"u8, 1, 0];

        private long rows;

        public override void Write(Stream stream, IReadOnlyList<string> texts, float[][] vectors)
        {
            if (rows == 0)
                WriteHeader(stream, 0);
            foreach (var vector in vectors)
                stream.Write(MemoryMarshal.AsBytes(vector.AsSpan()));
            rows += vectors.Length;
        }

        public override void End(Stream stream, int size)
        {
            stream.Position = 0;
            WriteHeader(stream, size);
            stream.Position = stream.Length;
        }

        private void WriteHeader(Stream stream, int size)
        {
            var shape = string.Create(CultureInfo.InvariantCulture, $"'shape': ({rows}, {size})");
            var order = BitConverter.IsLittleEndian ? '<' : '>';
            var text = $"{{'descr': '{order}f4', 'fortran_order': False, {shape}, }}".PadRight(HeaderLength - Start.Length - 3) + "\n";
            stream.Write(Start);
            stream.Write([(byte)(text.Length), 0]);
            stream.Write(Encoding.ASCII.GetBytes(text));
        }
    }
}
