using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Safetensors;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Safetensors;

/// <summary>
/// Random files come back bit for bit; random damage is refused in the one way that is allowed, or leaves a file that is as good.
/// </summary>
public sealed class SafetensorsFuzzTests : TorchTest
{
    private static readonly ScalarType[] Types =
    [
        ScalarType.Bool,
        ScalarType.Byte,
        ScalarType.Int8,
        ScalarType.Int16,
        ScalarType.Int32,
        ScalarType.Int64,
        ScalarType.Float16,
        ScalarType.BFloat16,
        ScalarType.Float32,
        ScalarType.Float64,
    ];

    private static readonly Gen<Blueprint> One = Gen.Select(
        Gen.Int[0, Types.Length - 1],
        Gen.Long[0, 4].Array[0, 4],
        Gen.Int,
        (type, shape, seed) => new Blueprint(Types[type], shape, seed)
    );

    private static readonly Gen<string> Name = Gen.OneOf(
        Gen.Char['!', '~'].Array[0, 12].Select(c => new string(c)),
        Gen.OneOf<string>("a.weight", "漢字", "😀", "\"", "\\", "\n", "\u0000", " ", "model.layers.0.mlp")
    );

    private static readonly Gen<Dictionary<string, Blueprint>> Set = Gen.Dictionary(Name, One)[0, 8];

    /// <summary>What stands where numbers and words are expected.</summary>
    private static readonly string[] Lies =
    [
        "-1",
        "0",
        "1",
        "7",
        "1.5",
        "1e3",
        "9223372036854775807",
        "9223372036854775808",
        "4611686018427387904",
        "1e400",
        "null",
        "true",
        "\"8\"",
        "[]",
        "[0,0]",
        "[[0]]",
        "{}",
        "\"F32\"",
        "\"BOOL\"",
        "\"F8_E5M2\"",
        "\"f32\"",
        "\"\"",
        "\"\\ud800\"",
        "{\"dtype\":\"U8\",\"shape\":[0,4611686018427387904,4611686018427387904],\"data_offsets\":[0,0]}",
    ];

    [Fact]
    public void What_was_written_comes_back_bit_for_bit() =>
        Gen.Select(Set, Gen.Dictionary(Name, Name)[0, 3])
            .Sample(
                (set, metadata) =>
                {
                    using var folder = new TempFolder();
                    using var scope = NewDisposeScope();
                    var path = folder.File("x.safetensors");
                    SafetensorsFile.Write(path, Make(set), metadata);
                    using var file = SafetensorsFile.Open(path);
                    Same(set, file.Tensors.Keys, file.Read);
                    Assert.Equal(
                        metadata.OrderBy(m => m.Key, StringComparer.Ordinal),
                        file.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal)
                    );
                },
                iter: 150,
                threads: 1
            );

    [Fact]
    public void Shards_come_back_bit_for_bit_over_whatever_was_there() =>
        Gen.Select(Set, Set, Gen.Long[1, 300], Gen.Long[1, 300])
            .Sample(
                (before, after, oldBytes, newBytes) =>
                {
                    using var folder = new TempFolder();
                    using var scope = NewDisposeScope();
                    SafetensorsFolder.Write(folder.Path, Make(before).Where(IsWhole), ScalarType.Float32, oldBytes);
                    var kept = after.Where(t => !t.Value.IsFloat || t.Value.Type == ScalarType.Float32).ToDictionary();
                    SafetensorsFolder.Write(folder.Path, Make(kept), ScalarType.Float32, newBytes);
                    using var weights = SafetensorsFolder.Open(folder.Path);
                    Same(kept, weights.Names, weights.Read);
                    foreach (var file in weights.Files)
                        Assert.True(
                            file.Tensors.Values.Count(t => t.Count > 0) <= 1 || file.Tensors.Values.Sum(t => t.End - t.Begin) <= newBytes
                        );
                    Assert.Equal(weights.Files.Count, Directory.GetFiles(folder.Path, "*.safetensors").Length);

                    static bool IsWhole(KeyValuePair<string, Tensor> tensor) => !tensor.Value.is_floating_point();
                },
                iter: 60,
                threads: 1
            );

    [Fact]
    public void Damaged_bytes_are_refused_or_harmless()
    {
        using var folder = new TempFolder();
        var good = Written(folder);
        var damage = Gen.Select(Gen.Int[0, 4], Gen.Int, Gen.Byte.Array[1, 9]);
        Gen.Select(Gen.Int[0, good.Length - 1], damage.Array[1, 4])
            .Sample(
                (chosen, edits) =>
                {
                    var bytes = good[chosen].ToList();
                    // Most of it where it counts: in the length and the header.
                    var header = (int)Math.Min(bytes.Count, 8 + BinaryPrimitives.ReadInt64LittleEndian(bytes.ToArray()));
                    foreach (var (kind, place, values) in edits)
                    {
                        var at = (int)((uint)place % (uint)Math.Max(1, Math.Min(header, bytes.Count)));
                        if (kind == 0 && at < bytes.Count)
                            bytes[at] ^= values[0];
                        else if (kind == 1)
                            bytes.InsertRange(Math.Min(at, bytes.Count), values);
                        else if (kind == 2 && at < bytes.Count)
                            bytes.RemoveRange(at, Math.Min(values.Length, bytes.Count - at));
                        else if (kind == 3)
                            bytes.RemoveRange(
                                (int)((uint)place % (uint)(bytes.Count + 1)),
                                bytes.Count - (int)((uint)place % (uint)(bytes.Count + 1))
                            );
                        else if (bytes.Count >= 8)
                            for (var i = 0; i < Math.Min(8, values.Length); i++)
                                bytes[i] = values[i];
                    }

                    Survives(folder, [.. bytes]);
                },
                iter: 3000,
                threads: 1
            );
    }

    [Fact]
    public void Lies_in_the_header_are_refused_or_harmless()
    {
        using var folder = new TempFolder();
        var good = Written(folder);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Select(Gen.Int, Gen.Int[0, Lies.Length - 1]).Array[1, 3], Gen.Int[0, 3])
            .Sample(
                (chosen, lies, tail) =>
                {
                    var bytes = good[chosen];
                    var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
                    var header = Encoding.UTF8.GetString(bytes, 8, length);
                    foreach (var (place, lie) in lies)
                        header = Lie(header, (uint)place, Lies[lie]);
                    var json = Encoding.UTF8.GetBytes(header);
                    Survives(
                        folder,
                        [.. BitConverter.GetBytes((long)json.Length), .. json, .. bytes[(8 + length)..], .. new byte[tail == 3 ? 1 : 0]]
                    );
                },
                iter: 5000,
                threads: 1
            );
    }

    [Fact]
    public void Lies_in_the_index_are_refused_or_harmless()
    {
        using var folder = new TempFolder();
        SafetensorsFolder.Write(folder.Path, [new("a", ones(3)), new("b", ones(2)), new("c", tensor(7L))], ScalarType.Float32, 8);
        var index = folder.File("model.safetensors.index.json");
        var good = File.ReadAllText(index);
        Gen.Select(Gen.Select(Gen.Int, Gen.Int[0, Lies.Length + 5]).Array[1, 3], Gen.Bool)
            .Sample(
                (lies, cut) =>
                {
                    var text = good;
                    string[] places =
                    [
                        .. Lies,
                        "\"model-00001-of-00003.safetensors\"",
                        "\"../model-00001-of-00003.safetensors\"",
                        "\"/dev/zero\"",
                        "\"..\"",
                        "\".\"",
                        "\"model.safetensors.index.json\"",
                    ];
                    foreach (var (place, lie) in lies)
                        text = Lie(text, (uint)place, places[lie]);
                    File.WriteAllText(index, cut ? text[..^Math.Min(text.Length, lies[0].Item1 & 7)] : text);
                    Refused(() =>
                    {
                        using var weights = SafetensorsFolder.Open(folder.Path);
                        foreach (var name in weights.Names)
                            weights.Read(name).sum();
                    });
                },
                iter: 1500,
                threads: 1
            );
    }

    /// <summary>Opens a file and reads all of it.</summary>
    private static void Survives(TempFolder folder, byte[] bytes)
    {
        var path = folder.File("damaged.safetensors");
        File.WriteAllBytes(path, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refused(() =>
        {
            using var scope = NewDisposeScope();
            using var file = SafetensorsFile.Open(path);
            foreach (var (name, entry) in file.Tensors)
            {
                var read = file.Read(name);
                Assert.Equal(entry.Shape, read.shape);
                Assert.InRange(read.numel() * TensorMemory.SizeOf(read.dtype), 0, bytes.Length);
                read.sum();
            }
        });
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000 + 200L * bytes.Length);
    }

    private static void Refused(Action action)
    {
        try
        {
            action();
        }
        catch (SafetensorsException e)
        {
            // The one way that is allowed; anything else fails the test.
            Assert.Contains(".safetensors", e.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>The bytes of some good files.</summary>
    private static byte[][] Written(TempFolder folder)
    {
        var files = new List<byte[]>();
        Set.Sample(
            set =>
            {
                using var scope = NewDisposeScope();
                var path = folder.File("good.safetensors");
                SafetensorsFile.Write(path, Make(set));
                files.Add(File.ReadAllBytes(path));
            },
            iter: 40,
            threads: 1
        );
        return [.. files];
    }

    /// <summary>Puts a lie in the place of one value of a JSON text, or beside it.</summary>
    private static string Lie(string json, uint place, string lie)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(json);
            root?.ToJsonString();
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or ArgumentException or InvalidOperationException)
        {
            return json; // A lie before has broken it.
        }

        var mark = JsonValue.Create("THE-LIE");
        var places = new List<Action>();
        Walk(root);
        if (places.Count == 0)
            return lie;
        places[(int)(place % places.Count)]();
        return root!.ToJsonString().Replace("\"THE-LIE\"", lie, StringComparison.Ordinal);

        void Walk(JsonNode? node)
        {
            if (node is JsonObject all)
            {
                foreach (var name in all.Select(p => p.Key).ToArray())
                {
                    places.Add(() => all[name] = mark);
                    places.Add(() => all.Remove(name));
                    Walk(all[name]);
                }

                places.Add(() => all["more"] = mark);
            }
            else if (node is JsonArray list)
            {
                for (var i = 0; i < list.Count; i++)
                {
                    var at = i;
                    places.Add(() => list[at] = mark);
                    Walk(list[i]);
                }

                places.Add(() => list.Add((JsonNode?)mark));
            }
        }
    }

    private static Dictionary<string, Tensor> Make(Dictionary<string, Blueprint> set) => set.ToDictionary(t => t.Key, t => t.Value.Make());

    private static void Same(Dictionary<string, Blueprint> expected, IEnumerable<string> names, Reader read)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
        foreach (var (name, blueprint) in expected)
        {
            var tensor = read(name, blueprint.Shape);
            Assert.Equal(blueprint.Type, tensor.dtype);
            Assert.Equal(blueprint.Shape, tensor.shape);
            Assert.Equal(blueprint.Bytes(), Blueprint.BytesOf(tensor));
        }
    }

    private delegate Tensor Reader(string name, params ReadOnlySpan<long> shape);
}
