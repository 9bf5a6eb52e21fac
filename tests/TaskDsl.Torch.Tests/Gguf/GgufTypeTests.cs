using LLama;
using LLama.Native;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Gguf;
using TaskDsl.Torch.Gguf.Types;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Tests.Models;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Gguf;

/// <summary>How numbers are kept in files: as llama.cpp keeps them itself, and nothing is lost unseen.</summary>
public sealed class GgufTypeTests : TorchTest
{
    public static TheoryData<GgufType, LLamaFtype> Types =>
        new()
        {
            { new Float16Type(), LLamaFtype.MOSTLY_F16 },
            { new BFloat16Type(), LLamaFtype.MOSTLY_BF16 },
            { new Q80Type(), LLamaFtype.MOSTLY_Q8_0 },
        };

    /// <summary>Those that LLamaSharp asks its quantiser for.</summary>
    public static TheoryData<GgufType, LLamaFtype> Quantised =>
        new() { { new Float16Type(), LLamaFtype.MOSTLY_F16 }, { new Q80Type(), LLamaFtype.MOSTLY_Q8_0 } };

    /// <summary>llama.cpp's own quantiser makes the same bytes of the same model.</summary>
    [Theory, MemberData(nameof(Quantised))]
    public void A_file_has_the_bytes_that_the_quantiser_of_llama_cpp_makes(GgufType type, LLamaFtype code)
    {
        using var folder = new TempFolder();
        using var golden = new GoldenModel("llama");
        Write(golden.Model, new Float32Type(), folder.File("whole.gguf"));
        Write(golden.Model, type, folder.File("ours.gguf"));
        Assert.True(LLamaQuantizer.Quantize(folder.File("whole.gguf"), folder.File("theirs.gguf"), code, allowRequantize: false));
        using var ours = GgufFile.Open(folder.File("ours.gguf"));
        using var theirs = GgufFile.Open(folder.File("theirs.gguf"));
        Assert.Equal(theirs.Tensors.Order(), ours.Tensors.Order());
        Assert.Equal(theirs.Settings["general.file_type"], ours.Settings["general.file_type"]);
        var same = 0;
        foreach (var tensor in GgufModel.Of(golden.Model).Tensors(type))
        {
            Assert.Equal(theirs.Of(tensor.Name).Shape, ours.Of(tensor.Name).Shape);
            if (theirs.Of(tensor.Name).Type != tensor.Type.Code)
                continue; // Its quantiser keeps some tensors in more bits.
            Assert.Equal(Bytes(theirs, tensor), Bytes(ours, tensor));
            same++;
        }

        Assert.True(same >= 18, $"{same} tensors only are kept alike");
    }

    [Theory, MemberData(nameof(Types))]
    public void Scores_are_near(GgufType type, LLamaFtype code)
    {
        using var folder = new TempFolder();
        using var golden = new GoldenModel("llama");
        Write(golden.Model, type, folder.File("model.gguf"));
        using var engine = new LlamaCpp(folder.File("model.gguf"));
        int[] tokens = [5, 17, 200, 3, 64, 8];
        using var ungraded = no_grad();
        var decoder = (Decoder)golden.Model;
        var expected = decoder.Logits(decoder.Hidden(tensor(tokens.Select(id => (long)id).ToArray()).unsqueeze(0)))[0];
        var difference = (expected - stack(engine.Logits(tokens).Select(row => tensor(row)))).abs().max().ToSingle();
        Assert.InRange(difference, 1e-5, code == LLamaFtype.MOSTLY_F16 ? 0.01 : 0.15);
    }

    /// <summary>Rounded to the nearest, of two as near to the even one, down to the smallest numbers: as libtorch does it.</summary>
    [Fact]
    public void Bfloat16_is_that_of_libtorch()
    {
        var draw = new Random(1);
        float[] numbers =
        [
            .. new[] { 0f, -0f, 1f, 1.00390625f, 1.01171875f, 65504f, 3.38e38f, float.Epsilon, 1e-40f, -1e-39f },
            .. Enumerable.Range(0, 10_000).Select(_ => (draw.NextSingle() - 0.5f) * MathF.Pow(10, draw.Next(-40, 38))),
        ];
        var (type, stored, read) = (new BFloat16Type(), new byte[2 * numbers.Length], new float[numbers.Length]);
        type.Write(numbers, stored);
        type.Read(stored, read);
        Assert.Equal(tensor(numbers).to(ScalarType.BFloat16).to(ScalarType.Float32).data<float>().ToArray(), read);
        for (var i = 0; i < numbers.Length; i++)
            Assert.InRange(Math.Abs(numbers[i] - read[i]), 0, type.Rounding(numbers, numbers[i]));
    }

    [Fact]
    public void Rows_that_are_no_multiple_of_a_block_are_kept_in_halves()
    {
        using var golden = new GoldenModel("llama_tied_bias"); // Heads of 12, a feed-forward of 48.
        var tensors = GgufModel.Of(golden.Model).Tensors(new Q80Type());
        Assert.Equal(new Q80Type(), tensors.Single(t => t.Name == "blk.0.attn_q.weight").Type);
        Assert.Equal(new Float16Type(), tensors.Single(t => t.Name == "blk.0.ffn_down.weight").Type);
        Assert.Equal(new Float32Type(), tensors.Single(t => t.Name == "blk.0.attn_q.bias").Type);
    }

    [Theory]
    [InlineData(70000f, "at most 65504"), InlineData(float.NaN, "cannot say."), InlineData(float.PositiveInfinity, "cannot say.")]
    public void A_number_that_a_type_cannot_say_is_refused(float number, string expected)
    {
        using var folder = new TempFolder();
        using var golden = new GoldenModel("llama");
        using (no_grad())
            golden.Model.Parameters["model.layers.0.mlp.up_proj.weight"][3, 4] = number;
        var error = Assert.Throws<ModelException>(() => Write(golden.Model, new Float16Type(), folder.File("model.gguf")));
        Assert.Contains("the weight blk.0.ffn_up.weight has the number", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    /// <summary>What is read back is held to the model: a byte that is another is seen, and so is a file that ends too early.</summary>
    [Fact]
    public void A_damaged_file_is_seen()
    {
        using var folder = new TempFolder();
        using var golden = new GoldenModel("llama");
        var (file, tensors) = (folder.File("model.gguf"), GgufModel.Of(golden.Model).Tensors(new Q80Type()));
        Write(golden.Model, new Q80Type(), file);
        var whole = File.ReadAllBytes(file);
        Assert.InRange(Compare().Largest, 1e-5f, 0.01f);
        foreach (var length in new[] { 0, 3, 10, 200, 600, whole.Length / 2, whole.Length - 40 })
        {
            File.WriteAllBytes(file, whole[..length]);
            Assert.Contains("model.gguf: ", Assert.Throws<ModelException>(Compare).Message, StringComparison.Ordinal);
        }

        var draw = new Random(1);
        var header = whole.Length - tensors.Sum(t => (int)GgufWriter.Aligned(t.Bytes));
        for (var i = 0; i < 60; i++)
        {
            // In the numbers, where every bit counts; what stands before may be any text.
            var changed = (byte[])whole.Clone();
            var at = draw.Next(header);
            changed[at] ^= (byte)(1 << draw.Next(8));
            File.WriteAllBytes(file, changed);
            try
            {
                Compare();
            }
            catch (ModelException)
            {
                // As it should: never another kind of error.
            }
        }

        File.WriteAllBytes(file, [.. whole[..(header + 5)], (byte)(whole[header + 5] ^ 0x40), .. whole[(header + 6)..]]);
        Assert.Contains("the file is not what was written", Assert.Throws<ModelException>(Compare).Message, StringComparison.Ordinal);

        GgufDifference Compare() => GgufCheck.Compare(file, tensors, TestContext.Current.CancellationToken);
    }

    private static byte[] Bytes(GgufFile file, GgufTensor tensor)
    {
        var bytes = new byte[tensor.Bytes];
        file.Read(tensor.Name, 0, bytes);
        return bytes;
    }

    private static void Write(LanguageModel model, GgufType type, string file)
    {
        var gguf = GgufModel.Of(model);
        GgufWriter.Write(
            file,
            gguf.Settings("golden", type).Append(new("tokenizer.ggml.model", "no_vocab")),
            gguf.Tensors(type),
            TestContext.Current.CancellationToken
        );
    }
}
