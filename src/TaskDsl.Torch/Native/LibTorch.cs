using System.Runtime.InteropServices;
using TorchSharp;

namespace TaskDsl.Torch.Native;

/// <summary>
/// What libtorch exports and TorchSharp does not wrap: the stable C interface, and a few C++ functions with plain arguments under
/// their mangled names (pinned to libtorch 2.10 and 2.11). Nothing outside this folder sees them.
/// </summary>
internal static unsafe partial class LibTorch
{
    private const string Library = "torch_cpu";

    /// <summary>The version of the dispatcher's calling convention that is asked for: 2.10.</summary>
    private const ulong Version = (2UL << 56) | (10UL << 48);

    public static int Call(string name, string overload, ulong* stack) => CallDispatcher(name, overload, stack, Version);

    /// <summary>Operations that cannot be deterministic say so on standard error, and are done.</summary>
    public static void SetDeterministic(bool on) => SetDeterministic(GlobalContext(), on ? (byte)1 : (byte)0, warnOnly: 1);

    [LibraryImport(Library, EntryPoint = "torch_call_dispatcher", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CallDispatcher(string name, string overload, ulong* stack, ulong version);

    [LibraryImport(Library, EntryPoint = "aoti_torch_new_tensor_handle")]
    public static partial int NewHandle(nint tensor, nint* copy);

    [LibraryImport(Library, EntryPoint = "aoti_torch_delete_tensor_object")]
    public static partial int DeleteHandle(nint tensor);

    [LibraryImport(Library, EntryPoint = "torch_new_list_reserve_size")]
    public static partial int NewList(nuint capacity, nint* list);

    [LibraryImport(Library, EntryPoint = "torch_list_push_back")]
    public static partial int Push(nint list, ulong value);

    [LibraryImport(Library, EntryPoint = "torch_new_string_handle", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int NewString(string text, nuint length, nint* result);

    [LibraryImport(Library, EntryPoint = "aoti_torch_create_tensor_from_blob")]
    public static partial int FromBlob(
        void* data,
        long dimensions,
        long* sizes,
        long* strides,
        long offset,
        int type,
        int deviceType,
        int deviceIndex,
        nint* result
    );

    [LibraryImport(Library, EntryPoint = "aoti_torch_view_dtype")]
    public static partial int ViewAs(nint tensor, int type, nint* result);

    [LibraryImport(Library, EntryPoint = "torch_get_mutable_data_ptr")]
    public static partial int DataPointer(nint tensor, void** pointer);

    [LibraryImport(Library, EntryPoint = "torch_parallel_for")]
    public static partial int ParallelFor(
        long begin,
        long end,
        long grain,
        delegate* unmanaged[Cdecl]<long, long, void*, void> body,
        void* context
    );

    [LibraryImport(Library, EntryPoint = "torch_get_thread_idx")]
    public static partial int ThreadIndex(uint* index);

    [LibraryImport(Library, EntryPoint = "_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE")]
    public static partial byte IsAutocast(sbyte device);

    [LibraryImport(Library, EntryPoint = "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb")]
    public static partial void SetAutocast(sbyte device, byte on);

    [LibraryImport(Library, EntryPoint = "_ZN2at8autocast18get_autocast_dtypeEN3c1010DeviceTypeE")]
    public static partial sbyte AutocastType(sbyte device);

    [LibraryImport(Library, EntryPoint = "_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE")]
    public static partial void SetAutocastType(sbyte device, sbyte type);

    [LibraryImport(Library, EntryPoint = "_ZN2at8autocast17increment_nestingEv")]
    public static partial int EnterAutocast();

    [LibraryImport(Library, EntryPoint = "_ZN2at8autocast17decrement_nestingEv")]
    public static partial int LeaveAutocast();

    [LibraryImport(Library, EntryPoint = "_ZN2at8autocast11clear_cacheEv")]
    public static partial void ClearAutocastCache();

    [LibraryImport(Library, EntryPoint = "_ZN2at13globalContextEv")]
    private static partial nint GlobalContext();

    [LibraryImport(Library, EntryPoint = "_ZN2at7Context26setDeterministicAlgorithmsEbb")]
    private static partial void SetDeterministic(nint context, byte on, byte warnOnly);

    /// <summary>C++'s <c>operator new</c>: an optional argument is boxed in it, and the callee deletes it.</summary>
    [LibraryImport("libstdc++.so.6", EntryPoint = "_Znwm")]
    private static partial void* New(nuint size);

    /// <summary>C++'s <c>operator delete</c>, for what has no destructor to speak of.</summary>
    [LibraryImport("libstdc++.so.6", EntryPoint = "_ZdlPv")]
    public static partial void Delete(void* memory);

    public static ulong Box(ulong value)
    {
        var box = (ulong*)New(sizeof(ulong));
        *box = value;
        return (ulong)box;
    }

    /// <summary>A tensor that owns a handle, and frees it.</summary>
    public static torch.Tensor Wrap(nint handle) => torch.Tensor.UnsafeCreateTensor(handle);
}
