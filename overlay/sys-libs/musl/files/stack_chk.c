/* SPDX-License-Identifier: MIT
 *
 * Copyright 2026 The portage-config authors
 *
 * 32-bit x86 code reaches __stack_chk_fail through a function that is part of the same object.
 */

void __stack_chk_fail(void);

__attribute__((visibility("hidden"))) void __stack_chk_fail_local(void)
{
	__stack_chk_fail();
}
